#!/bin/sh
# `vagrant destroy` of any one machine of the docker provider removes every network whose name begins with
# vagrant_network and in which no container runs, also that of another project whose machines are halted or are just
# about to be made: their `vagrant up` then ends with "network ... not found". Seen with Vagrant 2.3.4; a network of
# another name is left alone.
set -eu
folder=$(mktemp -d)
image=finding-busybox:1
clean() {
  docker rm -f finding-machine >/dev/null 2>&1 || true
  docker network rm vagrant_network_mine vagrant_network_other other_project >/dev/null 2>&1 || true
  docker rmi "$image" >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap clean EXIT
cd "$folder"
apt-get -q -o APT::Sandbox::User= download busybox-static >/dev/null
dpkg-deb -x busybox-static*.deb unpacked
tar -C unpacked -c . | docker import - "$image" >/dev/null
docker network create --subnet 10.22.251.0/24 vagrant_network_mine >/dev/null
for name in vagrant_network_other other_project; do docker network create "$name" >/dev/null; done
cat > Vagrantfile <<'RUBY'
Vagrant.configure("2") do |config|
  config.vm.synced_folder ".", "/vagrant", disabled: true
  config.vm.network "private_network", name: "vagrant_network_mine", ip: "10.22.251.9"
  config.vm.provider "docker" do |docker|
    docker.image = "finding-busybox:1"
    docker.name = "finding-machine"
    docker.cmd = ["busybox", "sleep", "600"]
  end
end
RUBY
export VAGRANT_HOME="$folder/home"
vagrant --version
vagrant up --provider docker >/dev/null
vagrant destroy --force | grep -i network
left=$(docker network ls --format '{{.Name}}' | grep -E '^(vagrant_network_(mine|other)|other_project)$' | tr '\n' ' ')
echo "left: $left"
[ "$left" = "other_project " ]
