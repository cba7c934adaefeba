"""
A Modbus TCP server by pymodbus 3.0 that is written to: argv[1] is the port. Each write it takes is told on standard output, as
"<address> <values>". Register 50 keeps at most 50, 51 takes its time over an answer, 52 is answered twice, 53 is refused.
"""
import asyncio
import sys
import time

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import async_io
from pymodbus.server.async_io import StartAsyncTcpServer


class Told(ModbusSequentialDataBlock):
    """What a person at the device would see."""

    def validate(self, address, count=1):
        return address != 53 and super().validate(address, count)

    def setValues(self, address, values):
        values = values if isinstance(values, list) else [values]
        print(address, *values, flush=True)
        if address == 51:
            time.sleep(0.35)
        super().setValues(address, [min(value, 50) for value in values] if address == 50 else values)


send = async_io.ModbusBaseRequestHandler.send


def twice(self, message, *addr, **kwargs):
    send(self, message, *addr, **kwargs)
    if message.function_code == 6 and getattr(message, "address", None) == 52:
        send(self, message, *addr, **kwargs)


async_io.ModbusBaseRequestHandler.send = twice

asyncio.run(
    StartAsyncTcpServer(
        context=ModbusServerContext(
            slaves={
                1: ModbusSlaveContext(
                    hr=Told(0, [0] * 200), co=ModbusSequentialDataBlock(0, [0] * 64), zero_mode=True
                )
            },
            single=False,
        ),
        address=("127.0.0.1", int(sys.argv[1])),
        allow_reuse_address=True,
    )
)
