# Vagrant's part of machines that are containers: their image, their network, and what systemd needs to run in them.
require "digest"
require "shellwords"

module PgLab
  module Containers
    FOLDER = __dir__
    LAB = File.expand_path("../../..", FOLDER)
    SOURCES = ["Dockerfile", "start.sh", "packages.sh", "../node-image.env"].freeze

    # What systemd needs as the first process, which is less than --privileged: it mounts, for which seccomp and
    # AppArmor have to let it, and writes to a few places.
    SYSTEMD = [
      "--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined",
      "--tmpfs=/run", "--tmpfs=/run/lock", "--tmpfs=/tmp",
    ].freeze

    # PostgreSQL keeps the memory its parallel workers share in /dev/shm; 64 MB, the default, is too little. The label
    # says whose the machine is, should its folder ever be deleted before it.
    OPTIONS = [*SYSTEMD, "--shm-size=256m", "--label=pg-lab.folder=#{LAB}"].freeze

    # The images' names carry a hash of what they are built from, so an edited Dockerfile makes new ones.
    def self.image(kind, system)
      text = SOURCES.map { |file| File.binread(File.join(FOLDER, file)) }.join
      "pg-lab/#{kind}:#{system}-#{Digest::SHA256.hexdigest(text)[0, 12]}"
    end

    # There is no box to download: the images are built before the machines start, once. When they are there already,
    # this takes no time. The network is made here too: Vagrant's own way fails with current versions of Docker. What
    # Vagrant leaves of it when a machine could not be made goes here as well.
    def self.prepare(config, network, subnet)
      before(config, "node image", [:up], "build.sh")
      before(config, "network", %i[up reload], "network.sh", "make", network, subnet)
      config.trigger.after(:destroy) { |trigger| run(trigger, "network", "network.sh", "remove", network) }
    end

    def self.before(config, name, actions, *script)
      config.trigger.before(*actions) { |trigger| run(trigger, name, *script) }
    end

    def self.run(trigger, name, script, *arguments)
      trigger.name = name
      trigger.run = { inline: ["sh", File.join(FOLDER, script), *arguments].shelljoin }
    end
    private_class_method :before, :run
  end
end
