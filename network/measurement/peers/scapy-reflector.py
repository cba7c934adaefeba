# Answers STAMP with scapy's codec. Prints its port, then one JSON line for each request.
# Usage: scapy-reflector.py <octets of an answer: 44 or 38> <dwell in ms> <every n-th request: its answer is lost> <every n-th request: not received>
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

octets, dwell, unanswered, unheard = int(sys.argv[1]), float(sys.argv[2]) / 1000, int(sys.argv[3]), int(sys.argv[4])
NTP = 2208988800


def tlvs(data):
    # Below UDP scapy 2.5 cannot dissect TLVs (its parent is missing there): one by one it can.
    found = []
    while data:
        tlv = STAMPTestTLV(data)
        found.append(tlv)
        data = data[4 + tlv.len :]
    return found


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
    peer.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL, for which Python 3.11 has no name
    peer.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
    peer.bind(("127.0.0.1", 0))
    print(peer.getsockname()[1], flush=True)
    come = counted = 0
    while True:
        data, control, _, source = peer.recvmsg(2048, 256)
        received = time.time()
        ttl = next((int.from_bytes(d[:4], "little") for _, kind, d in control if kind == socket.IP_TTL), 0)
        tos = next((d[0] for _, kind, d in control if kind == socket.IP_TOS), 0)
        come += 1
        if unheard and come % unheard == 0:
            continue
        request = UDP(bytes(UDP(sport=50000, dport=862) / data[:44]))[Request]
        print(
            json.dumps({"sequence": request.seq, "ssid": request.ssid, "ttl": ttl, "tos": tos, "octets": len(data),
                        "late": received - (float(request.ts) - NTP), "tlvs": len(tlvs(data[44:]))}),
            flush=True,
        )
        count, counted = counted, counted + 1
        if unanswered and come % unanswered == 0:
            continue
        time.sleep(dwell)
        answer = Answer(
            seq=count,
            ts=time.time() + NTP,
            err_estimate=ErrorEstimate(S=0, Z=0, scale=20, multiplier=1),
            ssid=request.ssid,
            ts_rx=received + NTP,
            seq_sender=request.seq,
            ts_sender=request.ts,
            err_estimate_sender=request.err_estimate,
            ttl_sender=ttl,
        )
        # The sender's time goes back as it came: scapy's own floating point would lose its last bits.
        raw = bytearray(bytes(answer))
        raw[28:36] = data[4:12]
        peer.sendto(bytes(raw)[:octets], source)
