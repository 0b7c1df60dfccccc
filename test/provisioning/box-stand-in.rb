# What the Vagrantfile asks of a box: reads one JSON object on standard input, and prints what Vagrant is told.
require 'json'
require 'pathname'

given = JSON.parse($stdin.read)
HOME = Pathname.new(given.fetch('home'))

module Vagrant
  def self.user_data_path = HOME

  # As far as it is asked: rows of what is there, and the box of a row.
  class BoxCollection
    Stored = Struct.new(:metadata)

    def initialize(folder) = @folder = folder

    def all
      @folder.glob('*/*/*/metadata.json').map do |file|
        provider, version, name = file.dirname.ascend.first(3).map { |path| path.basename.to_s }
        [name.gsub('-VAGRANTSLASH-', '/'), version, provider.to_sym]
      end
    end

    def find(name, providers, _version)
      file = @folder.glob("#{name.gsub('/', '-VAGRANTSLASH-')}/*/#{providers.first}/metadata.json").first
      file && Stored.new(JSON.parse(file.read))
    end
  end
end

ARGV.replace(given.fetch('words'))
require given.fetch('script')
vm = Struct.new(:box, :box_version, :box_url).new(*given.fetch('vm'))
config = Struct.new(:vm).new(vm)
nodes = [{ name: 'master' }, { name: 'slave' }]
2.times { PgLab::Box.stand_in(config, nodes, system: 'debian-13', suite: 'trixie', provider: 'libvirt') }
puts JSON.generate(vm.to_a)
