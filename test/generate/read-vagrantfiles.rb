# Evaluates Vagrantfiles, one JSON text a line, and prints what each says to Vagrant, one JSON object a line.
require 'digest'
require 'json'
require 'shellwords'

# Stands in for Vagrant's config: remembers every assignment and call, and hands itself to every block.
class Recorder
  attr_reader :said

  def initialize
    @said = []
  end

  def method_missing(name, *words, **options, &block)
    @said << [name.to_s, *words.map { |word| word.is_a?(Recorder) ? nil : word }, *(options.empty? ? [] : [options])]
    block&.call(self)
    self
  end

  def respond_to_missing?(*)
    true
  end
end

module Vagrant
  def self.configure(_version)
    yield($recorder)
  end

  module Util
    # A computer that has everything.
    module Which
      def self.which(program)
        "/usr/bin/#{program}"
      end
    end
  end
end

# What a Vagrantfile brings along is none of its values.
def require_relative(*); end

module PgLab
  module Containers
    OPTIONS = [].freeze

    def self.image(*) = ''

    def self.prepare(*) = nil
  end

  module Box
    def self.stand_in(*, **) = nil
  end
end

folder = ARGV.fetch(0)
STDIN.each_line do |line|
  ENV.delete('VAGRANT_SERVER_URL')
  $recorder = Recorder.new
  scope = TOPLEVEL_BINDING.eval('proc { binding }.call')
  scope.eval(JSON.parse(line), File.join(folder, 'Vagrantfile'))
  nodes = scope.local_variable_get(:nodes)
  puts JSON.generate({ nodes: nodes, said: $recorder.said, server: ENV['VAGRANT_SERVER_URL'] })
  STDOUT.flush
end
