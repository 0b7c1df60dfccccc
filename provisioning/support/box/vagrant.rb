# Vagrant's part of a box that is made here, where the one the Vagrantfile names is neither here nor to be had.
require "fileutils"
require "net/http"
require "timeout"

module PgLab
  module Box
    FOLDER = __dir__
    LAB = File.expand_path("../../..", FOLDER)
    BUILT = Vagrant.user_data_path.join("pg-lab")
    ANSWER_SECONDS = 5

    # In this order: the named box that is here; one that was made here before; the named one, while it can be had; one
    # that is made now. Nothing is asked or made but by `vagrant up`, and only for machines that are not there yet.
    def self.stand_in(config, nodes, system:, suite:, provider:)
      own = "pg-lab/#{system}"
      version = config.vm.box_version if config.vm.box_version.is_a?(String)
      return if config.vm.box != own && here?(config.vm.box, provider, version)
      return use(config, own, version) if own_here?(own, provider, config.vm.box == own ? version : nil)
      return unless ARGV.include?("up") && nodes.any? { |node| !made?(node[:name], provider) }

      @catalogues ||= {} # the Vagrantfile is read more than once
      address = address_of(config, own)
      unless @catalogues[own]
        return if address && answers?(address)

        warn "box: #{address} does not answer; #{own} is made here" if address
        @catalogues[own] = build(system, suite, provider)
      end
      use(config, own, nil)
      config.vm.box_url = "file://#{@catalogues[own]}"
    end

    def self.use(config, own, version)
      config.vm.box_version = config.vm.box == own ? version : nil
      config.vm.box = own
    end

    def self.boxes
      folder = Vagrant.user_data_path.join("boxes")
      folder.directory? ? Vagrant::BoxCollection.new(folder) : nil
    end

    def self.here?(name, provider, version)
      rows = boxes&.all || []
      rows.any? { |row| row[0] == name && row[2].to_s == provider && (version.nil? || row[1] == version) }
    end

    # Anybody may have added a box of this name: ours says of itself who made it.
    def self.own_here?(own, provider, version)
      return false unless here?(own, provider, version)

      box = boxes.find(own, [provider.to_sym], version || ">= 0")
      return true if box.metadata["made_by"] == "create-pg-lab"

      abort "The box #{own} that is here was not made by create-pg-lab. To have one that is: " \
            "vagrant box remove #{own} --provider #{provider} --all"
    end

    def self.made?(name, provider)
      File.exist?(File.join(LAB, ".vagrant", "machines", name, provider, "id"))
    end

    # Where Vagrant would look for the named box; nowhere for one of ours without an address.
    def self.address_of(config, own)
      url = Array(config.vm.box_url).grep(String).first
      return url if url
      return nil if config.vm.box == own

      "#{ENV["VAGRANT_SERVER_URL"] || "https://vagrantcloud.com"}/#{config.vm.box}"
    end

    def self.answers?(address)
      return File.exist?(File.expand_path(address.delete_prefix("file://"), LAB)) unless address.match?(%r{\Ahttps?://})

      uri = URI(address)
      options = { use_ssl: uri.scheme == "https", open_timeout: ANSWER_SECONDS, read_timeout: ANSWER_SECONDS }
      code = Timeout.timeout(ANSWER_SECONDS) do
        Net::HTTP.start(uri.host, uri.port, **options) { |http| http.request_head(uri.request_uri).code.to_i }
      end
      code < 400
    rescue StandardError
      false
    end

    # What is made goes into Vagrant's own store; the files it comes from are not needed afterwards.
    def self.build(system, suite, provider)
      script = File.join(FOLDER, "build.sh")
      Kernel.system("sh", script, system, suite, provider, BUILT.to_s) || abort("The box pg-lab/#{system} could not be made.")
      files = %w[box json].map { |kind| BUILT.join("#{system}-#{provider}.#{kind}").to_s }
      maker = Process.pid
      at_exit { FileUtils.rm_f(files) if Process.pid == maker }
      files.last
    end
    private_class_method :use, :boxes, :here?, :own_here?, :made?, :address_of, :answers?, :build
  end
end
