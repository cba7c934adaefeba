# Sends STAMP with scapy's codec to a reflector and prints what scapy reads in the answers, one JSON line each.
# Usage: scapy-sender.py <address> <port> <count> [<padding octets>]
import json
import socket
import sys
import time

from scapy.contrib.stamp import (
    ErrorEstimate,
    STAMPSessionReflectorTestUnauthenticated as Answer,
    STAMPSessionSenderTestUnauthenticated as Request,
    STAMPTestTLV,
)
from scapy.layers.inet import UDP

address, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
padding = int(sys.argv[4]) if len(sys.argv) > 4 else 0
NTP = 2208988800
# The first bit on the wire (RFC 8972, 4.). scapy 2.5 writes the flag it calls U as the last.
U = 0x80


def tlvs(data):
    # Below UDP scapy 2.5 cannot dissect TLVs (its parent is missing there): one by one it can.
    found = []
    while data:
        tlv = STAMPTestTLV(data)
        found.append(tlv)
        data = data[4 + tlv.len :]
    return found


with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as peer:
    peer.settimeout(5)
    peer.connect((address, port))
    for number in range(count):
        sent = time.time()
        request = Request(
            seq=number,
            ts=sent + NTP,
            err_estimate=ErrorEstimate(S=1, Z=0, scale=12, multiplier=17),
            ssid=4711,
            tlv_objects=[STAMPTestTLV(flags=U, type=1, len=padding, value=bytes(padding))] if padding else [],
        )
        octets = bytes(request)
        peer.send(octets)
        data = peer.recv(2048)
        received = time.time()
        # Dissected as scapy would off the wire: below UDP, from the reflector's port.
        answer = UDP(bytes(UDP(sport=862, dport=50000) / data[:44]))[Answer]
        print(
            json.dumps(
                {
                    "sentOctets": len(octets),
                    "octets": len(data),
                    "sequence": answer.seq,
                    "senderSequence": answer.seq_sender,
                    "ssid": answer.ssid,
                    "senderTimeOff": abs(float(answer.ts_sender) - float(request.ts)),
                    "dwell": float(answer.ts) - float(answer.ts_rx),
                    "away": received - sent,
                    "receivedAfter": float(answer.ts_rx) - NTP - sent,
                    "senderScale": answer.err_estimate_sender.scale,
                    "senderMultiplier": answer.err_estimate_sender.multiplier,
                    "synchronised": int(answer.err_estimate.S),
                    "multiplier": answer.err_estimate.multiplier,
                    "ttl": answer.ttl_sender,
                    "tlvs": [[tlv.type, int(tlv.flags)] for tlv in tlvs(data[44:])],
                }
            )
        )
