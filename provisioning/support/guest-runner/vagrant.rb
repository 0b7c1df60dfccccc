# Vagrant's part where this computer has no Ansible: the machine that is provisioned last runs it for all of them.
require "base64"
require "fileutils"
require "json"
require "tempfile"

module PgLab
  class AnsibleInGuest < Vagrant.plugin("2", :provisioner)
    LAB = File.expand_path("../../..", __dir__)
    # What Ansible reads and makes. The machine it runs on forgets it afterwards.
    FILES = "{ansible.cfg,provisioning/**/*,.pg-lab/secrets/*,.pg-lab/tls/*,.pg-lab/known_hosts}"
    THERE = "/root/pg-lab/provisioning/support/guest-runner"

    def provision
      @machine.ui.info("Ansible runs on this machine, for all")
      receive
      sudo("sh #{THERE}/play.sh -i provisioning/inventory.yml provisioning/site.yml") do |stream, text|
        @machine.ui.info(text.chomp) if stream == :stderr # where play.sh sends what is for people
      end
    ensure
      hand_back
    end

    private

    def sudo(command, &output)
      @machine.communicate.sudo(command, &output)
    end

    # In a folder that only the login user enters: keys and passwords are among the files.
    def receive
      sudo("rm -rf .pg-lab-files")
      @machine.communicate.execute("mkdir -m 700 .pg-lab-files")
      Tempfile.create("pg-lab") do |file|
        file.write(JSON.generate(bundle))
        file.close
        @machine.communicate.upload(file.path, ".pg-lab-files/bundle.json")
      end
      @machine.communicate.upload(File.join(__dir__, "carry.py"), ".pg-lab-files/carry.py")
      sudo("python3 .pg-lab-files/carry.py receive < .pg-lab-files/bundle.json")
    ensure
      sudo("rm -rf .pg-lab-files")
    end

    def bundle
      machines = @machine.env.active_machines.map { |name, provider| @machine.env.machine(name, provider) }
      paths = Dir.glob(FILES, base: LAB).select { |path| File.file?(File.join(LAB, path)) }
      files = paths.to_h { |path| [path, File.join(LAB, path)] }
      keys = machines.to_h { |machine| ["keys/#{machine.name}", machine.ssh_info[:private_key_path].first] }
      {
        files: files.merge(keys).transform_values { |file| Base64.strict_encode64(File.binread(file)) },
        hosts: machines.map { |machine| host(machine) },
      }
    end

    def host(machine)
      _, network = machine.config.vm.networks.find { |kind, _| kind == :private_network }
      # The name under which pg-lab keeps the machine's host key.
      name = "#{machine.name}-#{machine.id.gsub(/[^A-Za-z0-9]/, "")[0, 12]}"
      { name: machine.name, address: network[:ip], user: machine.ssh_info[:username], alias: name }
    end

    def hand_back
      answer = +""
      sudo("! [ -e #{THERE}/carry.py ] || python3 #{THERE}/carry.py hand-back") do |stream, text|
        answer << text if stream == :stdout
      end
      return if answer.empty?

      JSON.parse(answer)["files"].each do |path, content|
        # The machine's word is not trusted further than this.
        raise "The machine hands back #{path}" unless path.match?(%r{\A\.pg-lab/(known_hosts|(secrets|tls)/[^/\\]+)\z})

        file = File.join(LAB, path)
        FileUtils.mkdir_p(File.dirname(file), mode: 0o700)
        FileUtils.rm_f(file)
        File.open(file, "wb", 0o600) { |out| out.write(Base64.strict_decode64(content)) }
      end
    end
  end

  class Plugin < Vagrant.plugin("2")
    name "pg-lab"
    provisioner("ansible_for_all") { AnsibleInGuest }
  end
end
