"""A Modbus TCP server by pymodbus 3.0 for the interop tests: argv[1] is the port. Units 1 and 2, as a gateway would show them."""
import asyncio
import struct
import sys

from pymodbus.datastore import (
    ModbusSequentialDataBlock,
    ModbusServerContext,
    ModbusSlaveContext,
    ModbusSparseDataBlock,
)
from pymodbus.server.async_io import StartAsyncTcpServer


def words(fmt, *values):
    data = struct.pack(fmt, *values)
    return list(struct.unpack(">%dH" % (len(data) // 2), data))


def unit(number):
    holding = {}
    for start, content in {
        0: [2301, 65531],
        10: words(">f", 230.1),
        12: words(">d", 1234.567890123),
        16: words(">Q", 2**63 + number),
        20: words(">16s", b"pymodbus meter"),
        # Read across 28..39, it answers with exception 2.
        40: [number],
    }.items():
        for i, value in enumerate(content):
            holding[start + i] = value
    return ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, [0, 1] * 32),
        co=ModbusSequentialDataBlock(0, [1, 0] * 32),
        hr=ModbusSparseDataBlock(holding),
        ir=ModbusSequentialDataBlock(0, [number * 100 + i for i in range(100)]),
        zero_mode=True,
    )


asyncio.run(
    StartAsyncTcpServer(
        context=ModbusServerContext(slaves={1: unit(1), 2: unit(2)}, single=False),
        address=("127.0.0.1", int(sys.argv[1])),
        allow_reuse_address=True,
    )
)
