# Vagrant's part where this computer has Ansible: one call of `ansible-playbook provisioning/site.yml` for all machines.
#
# Vagrant's own provisioner "ansible" is not used: up to Vagrant 2.4.9 it passes --inventory-file, which ansible-core
# 2.23 does not take any more. How Ansible works is written in ansible.cfg; what is missing there is how ssh reaches
# the machines, and that is written down here, so the same command works by hand afterwards.
require "fileutils"

module PgLab
  class AnsibleForAll < Vagrant.plugin("2", :provisioner)
    LAB = File.expand_path("../../..", __dir__)
    FOLDER = File.join(LAB, ".pg-lab")
    PLAYBOOK = ["ansible-playbook", "provisioning/site.yml"].freeze

    class Failed < Vagrant::Errors::VagrantError
      error_message("Ansible has failed; it says why above. Once that is put right: vagrant provision")
    end

    def provision
      write_ssh_config
      @machine.ui.info(PLAYBOOK.join(" "))
      result = Vagrant::Util::Subprocess.execute(*PLAYBOOK, env: environment, workdir: LAB, notify: %i[stdout stderr]) do |_, text|
        @machine.env.ui.detail(text, new_line: false, prefix: false)
      end
      raise Failed if result.exit_code != 0
    end

    private

    def environment
      {
        "ANSIBLE_CONFIG" => File.join(LAB, "ansible.cfg"), # by name: Ansible ignores one it finds in a world-writable folder
        "PYTHONUNBUFFERED" => "1", # each line as it comes
        **(@machine.env.ui.color? ? { "ANSIBLE_FORCE_COLOR" => "true" } : {}),
      }
    end

    # It names keys, so it is for its owner alone. A link, or a file with other rights, is replaced, not written through.
    def write_ssh_config
      FileUtils.mkdir_p(FOLDER)
      file = File.join(FOLDER, "ssh_config")
      FileUtils.rm_f(file)
      text = machines.map { |machine| entry(machine, machine.ssh_info) }.join("\n")
      File.open(file, File::WRONLY | File::CREAT | File::EXCL, 0o600) { |out| out.write(text) }
    end

    # Those that run.
    def machines
      all = @machine.env.active_machines.map { |name, provider| @machine.env.machine(name, provider) }
      all.select(&:ssh_info)
    end

    def entry(machine, ssh)
      <<~HOST
        Host #{machine.name}
          HostName #{ssh[:host]}
          Port #{ssh[:port]}
          User #{ssh[:username]}
        #{Array(ssh[:private_key_path]).map { |key| "  IdentityFile #{quoted(key)}" }.join("\n")}
          IdentitiesOnly yes
          BatchMode yes
          LogLevel ERROR
          # The key a machine shows the first time is kept, and it must show the same ever after. It is kept under a
          # name that no other machine ever has.
          StrictHostKeyChecking accept-new
          UserKnownHostsFile #{quoted(File.join(FOLDER, "known_hosts"))}
          HostKeyAlias #{machine.name}-#{machine.id.gsub(/[^A-Za-z0-9]/, "")[0, 12]}
          CheckHostIP no
          UpdateHostKeys no
        #{"  ProxyCommand #{ssh[:proxy_command]}\n" if ssh[:proxy_command]}
      HOST
    end

    # ssh reads %h and the like in a path.
    def quoted(path)
      %("#{path.to_s.gsub("%", "%%")}")
    end
  end

  class Plugin < Vagrant.plugin("2")
    name "pg-lab"
    provisioner("ansible_for_all") { AnsibleForAll }
  end
end
