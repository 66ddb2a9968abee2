"""OpenStack Swift with its S3 API on loopback, in one process: `swift-server.py <folder> <port> <access key> <secret>`.

The servers, their rings and the S3 API are Swift's own, as Debian has them; objects are kept in memory, and so is the cache.
"""
import os
import sys

import eventlet

eventlet.monkey_patch()

from eventlet import listen, spawn, wsgi
from swift.account.server import AccountController
from swift.common import utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import loadapp
from swift.container.server import ContainerController
from swift.obj.mem_server import ObjectController

folder, port, access_key, secret = sys.argv[1:5]
utils.HASH_PATH_SUFFIX = b"gatehouse-tests"
os.makedirs(os.path.join(folder, "disk"))
conf = {"devices": folder, "swift_dir": folder, "mount_check": "false"}
quiet = open(os.devnull, "w")

for name, controller in [("account", AccountController), ("container", ContainerController), ("object", ObjectController)]:
    socket = listen(("127.0.0.1", 0))
    place = {"ip": "127.0.0.1", "port": socket.getsockname()[1]}
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "disk", "meta": "", **place,
                     "replication_ip": place["ip"], "replication_port": place["port"]})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, name + ".ring.gz"))
    spawn(wsgi.server, socket, controller(conf), quiet)

account, user = access_key.split(":")
with open(os.path.join(folder, "proxy.conf"), "w") as file:
    file.write(f"""
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret} .admin
""")


class Cache:
    """What Swift asks memcached for."""

    def __init__(self):
        self.held = {}

    def get(self, key, *_args, **_more):
        return self.held.get(key)

    def set(self, key, value, *_args, **_more):
        self.held[key] = value

    def delete(self, key, *_args, **_more):
        self.held.pop(key, None)


app, cache = loadapp(os.path.join(folder, "proxy.conf")), Cache()
wsgi.server(listen(("127.0.0.1", int(port))), lambda env, start: app({**env, "swift.cache": cache}, start), quiet)
