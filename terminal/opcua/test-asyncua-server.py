"""A server of another family (asyncua) for the interop test. Line by line on standard input: set NAME JSON, show NAME, bad NAME, delete NAME, stop."""
import asyncio
import json
import sys
from datetime import datetime, timedelta, timezone

from asyncua import Server, ua, uamethod
from asyncua.common.structures104 import new_enum, new_struct, new_struct_field
from asyncua.crypto.permission_rules import SimpleRoleRuleset
from asyncua.server.user_managers import UserManager
from asyncua.crypto.permission_rules import User, UserRole

PORT, CERTIFICATE, KEY = int(sys.argv[1]), sys.argv[2], sys.argv[3]
NAMESPACE = "urn:millrace:test:asyncua"


class Users(UserManager):
    def get_user(self, iserver, username=None, password=None, certificate=None):
        if username is None:
            return User(role=UserRole.User)
        return User(role=UserRole.Admin) if (username, password) == ("operator", "pa$$wörd") else None


@uamethod
def add(parent, a, b):
    return a + b


@uamethod
async def start_machine(parent, speed):
    if speed > 5000:
        raise ua.UaStatusCodeError(ua.StatusCodes.BadOutOfRange)
    if speed < 0:
        await asyncio.sleep(3)
    return True


async def main():
    server = Server(user_manager=Users())
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{PORT}")
    await server.set_application_uri("urn:millrace:test:server")
    policies = ua.SecurityPolicyType
    server.set_security_policy(
        [
            policies.NoSecurity,
            policies.Basic256Sha256_Sign,
            policies.Basic256Sha256_SignAndEncrypt,
            policies.Aes128Sha256RsaOaep_SignAndEncrypt,
            policies.Aes256Sha256RsaPss_SignAndEncrypt,
        ],
        permission_ruleset=SimpleRoleRuleset(),
    )
    await server.load_certificate(CERTIFICATE)
    await server.load_private_key(KEY)
    index = await server.register_namespace(NAMESPACE)
    phase = await new_enum(server, index, "Phase", ["Idle", "Cutting"])
    tool, _ = await new_struct(
        server,
        index,
        "Tool",
        [
            new_struct_field("Number", ua.VariantType.UInt32),
            new_struct_field("Name", ua.VariantType.String),
            new_struct_field("Lengths", ua.VariantType.Double, array=True),
        ],
    )
    await server.load_data_type_definitions()
    machine = await server.nodes.objects.add_object(ua.NodeId("Machine", index), "Machine")
    variables = {}

    async def variable(name, value, kind, data_type=None):
        variables[name] = await machine.add_variable(ua.NodeId(name, index), name, value, kind, data_type)
        return variables[name]

    await variable("Temperature", 21.5, ua.VariantType.Double)
    await variable("Count", 7, ua.VariantType.Int64)
    await variable("Running", True, ua.VariantType.Boolean)
    await variable("Text", "主轴 α", ua.VariantType.String)
    await variable("When", datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=timezone.utc), ua.VariantType.DateTime)
    await variable("Doubles", [1.0, 2.5], ua.VariantType.Double)
    await variable("Tool", ua.Tool(4, "T4", [120.5, 0.25]), ua.VariantType.ExtensionObject, tool.nodeid)
    await variable("Phase", ua.Phase.Cutting, ua.VariantType.Int32, phase.nodeid)
    await variable("Pressure", 0.0, ua.VariantType.Double)
    for name, value, kind in [
        ("SetPoint", 1.5, ua.VariantType.Double),
        ("Order", "", ua.VariantType.String),
        ("Enable", False, ua.VariantType.Boolean),
        ("Pieces", 0, ua.VariantType.Int64),
    ]:
        await (await variable(name, value, kind)).set_writable()
    await machine.add_method(
        ua.NodeId("Add", index),
        "Add",
        add,
        [ua.VariantType.Int64, ua.VariantType.Int64],
        [ua.VariantType.Int64],
    )
    await machine.add_method(
        ua.NodeId("Start", index), "Start", start_machine, [ua.VariantType.Double], [ua.VariantType.Boolean]
    )
    async with server:
        await server.historize_node_data_change(variables["Pressure"], period=None, count=10000)
        start = datetime.now(timezone.utc) - timedelta(seconds=60)
        for i in range(300):
            await variables["Pressure"].write_value(
                ua.DataValue(
                    ua.Variant(float(i), ua.VariantType.Double),
                    SourceTimestamp=start + timedelta(milliseconds=100 * i),
                    ServerTimestamp=start + timedelta(milliseconds=100 * i),
                )
            )
        print("ready", flush=True)
        loop = asyncio.get_running_loop()
        while True:
            line = await loop.run_in_executor(None, sys.stdin.readline)
            words = line.strip().split(" ", 2)
            if not line or words[0] == "stop":
                break
            node = variables[words[1]]
            if words[0] == "show":
                # A value of bad quality is a value all the same.
                held = await node.read_data_value(raise_on_bad_status=False)
                print("shown", json.dumps(held.Value.Value), flush=True)
            elif words[0] == "set":
                await node.write_value(json.loads(words[2]), (await node.read_data_type_as_variant_type()))
            elif words[0] == "bad":
                await node.write_value(
                    ua.DataValue(ua.Variant(0.0, ua.VariantType.Double), ua.StatusCode(ua.StatusCodes.BadSensorFailure))
                )
            elif words[0] == "delete":
                await server.delete_nodes([node])
            print("done", flush=True)


asyncio.run(main())
