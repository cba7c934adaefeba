import type { Qos } from '@millrace/contract';
import { describe, expect, test } from 'vitest';
import { readPorts } from './groups.ts';
import {
  classLines,
  isAddressOrPrefix,
  priorityOf,
  promised,
  ratesOf,
  readClasses,
  readRate,
  rulesScript,
  type Shaped,
  type Side,
} from './shaping.ts';

const control: Qos = {
  fiveQi: 82,
  arp: { priorityLevel: 2, mayPreempt: true, preemptable: false },
  gbrUplink: 1000,
  mbrUplink: 2000,
  dscp: 46,
};
const shaped = (over: Partial<Shaped> = {}): Shaped => ({
  key: 'control',
  minor: 16,
  terminal: '10.1.0.2',
  platform: '10.2.0.2',
  filters: [{ protocol: 'udp', remotePort: 5000 }],
  qos: control,
  ...over,
});
const uplink: Side = { direction: 'uplink', device: 'up0', rate: 20_000_000 };

describe('what the kernel is told', () => {
  test('a guaranteed flow gets its rate, its ceiling and a high priority; the rest keeps what is left', () => {
    expect(ratesOf(shaped(), uplink)).toEqual({ rate: 1_000_000, ceil: 2_000_000 });
    expect(priorityOf(control)).toBe(1);
    expect(promised([shaped()], uplink)).toEqual({
      guaranteed: 1_000_000,
      most: 18_430_000,
      rest: 18_400_000,
    });
    expect(classLines([shaped()], uplink)).toEqual([
      'class replace dev up0 parent 1: classid 1:1 htb rate 19400000bit ceil 19400000bit burst 1600 cburst 1600 prio 0 quantum 1514',
      'class replace dev up0 parent 1:1 classid 1:fff htb rate 18400000bit ceil 19400000bit burst 1600 cburst 1600 prio 7 quantum 1514',
      'qdisc replace dev up0 parent 1:fff handle fff: pfifo limit 81',
      'class replace dev up0 parent 1:1 classid 1:10 htb rate 1000000bit ceil 2000000bit burst 1600 cburst 1600 prio 1 quantum 1514',
      'qdisc replace dev up0 parent 1:10 handle 10: pfifo limit 16',
    ]);
  });

  test('rules name both ends, narrower ones first, and what left is deleted in the same transaction', () => {
    const wide = shaped({ key: 'wide', minor: 17, filters: [] });
    const downlink: Side = { direction: 'downlink', device: 'lan0', rate: 50_000_000 };
    const lines = rulesScript(
      'millrace_g',
      [wide, shaped()],
      [uplink, downlink],
      [shaped({ minor: 18 })],
    ).split('\n');
    expect(lines.filter((line) => line.includes('add rule'))).toEqual([
      'add rule inet millrace_g classify oifname "up0" ip saddr 10.1.0.2 ip daddr 10.2.0.2 udp dport 5000 counter name "uplink_10" ip dscp set 46 meta priority set 1:10 return',
      'add rule inet millrace_g classify oifname "lan0" ip daddr 10.1.0.2 ip saddr 10.2.0.2 udp sport 5000 counter name "downlink_10" ip dscp set 46 meta priority set 1:10 return',
      'add rule inet millrace_g classify oifname "up0" ip saddr 10.1.0.2 ip daddr 10.2.0.2 counter name "uplink_11" ip dscp set 46 meta priority set 1:11 return',
      'add rule inet millrace_g classify oifname "lan0" ip daddr 10.1.0.2 ip saddr 10.2.0.2 counter name "downlink_11" ip dscp set 46 meta priority set 1:11 return',
    ]);
    expect(lines).toContain('delete counter inet millrace_g uplink_12');
  });

  test('what could be a way into a script is no address', () => {
    for (const text of [
      '10.0.0.1; flush ruleset',
      '10.0.0.1/33',
      'fe80::1%eth0 accept',
      '',
      '10.0.0.0/8/8',
      '$x',
    ])
      expect(isAddressOrPrefix(text)).toBe(false);
    for (const text of ['10.0.0.1', '10.0.0.0/8', '2001:db8::/32'])
      expect(isAddressOrPrefix(text)).toBe(true);
  });

  test('reads what tc tells', () => {
    const seen = readClasses(
      'class htb 1:10 parent 1:1 leaf 10: prio 1 rate 1500Kbit ceil 2Mbit burst 1600b cburst 1600b \n Sent 1200 bytes 12 pkt (dropped 3, overlimits 4 requeues 0) \n backlog 100b 2p requeues 0\n',
    );
    expect(seen.get(16)).toEqual({
      rate: 1_500_000,
      ceil: 2_000_000,
      bytes: 1200,
      packets: 12,
      dropped: 3,
      backlogPackets: 2,
    });
    expect(readRate('19400Kbit')).toBe(19_400_000);
    expect(readPorts('eth2=5001, eth3=5002')).toEqual([
      { device: 'eth2', vni: 5001 },
      { device: 'eth3', vni: 5002 },
    ]);
  });
});
