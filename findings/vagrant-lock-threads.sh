#!/bin/sh
# Vagrant chooses the port for ssh under a lock, so that no two machines take the same one. `vagrant up` of a provider
# that starts machines in parallel (docker) does so in threads of one process, and there the lock holds nobody up: a
# lock this process has already counts as nested. Two machines then choose 127.0.0.1:2200, and the second `docker run`
# ends with "port is already allocated". Seen with Vagrant 2.3.4; between two processes the same lock holds.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo 'Vagrant.configure("2") { |config| config.vm.box = "none" }' > Vagrantfile
cat > "$folder/lock.rb" <<'RUBY'
require "vagrant"
environment = Vagrant::Environment.new
inside = Queue.new
first = Thread.new { environment.lock("fpcollision") { inside << "first"; sleep 0.1 until inside.size == 2 } }
sleep 0.1 until inside.size == 1
environment.lock("fpcollision") { inside << "second" }
first.join
puts "inside one lock at the same time: #{inside.pop} and #{inside.pop}"
RUBY
vagrant --version
VAGRANT_HOME="$folder/home" timeout 60 ruby lock.rb | tee output
grep -q 'first and second' output
