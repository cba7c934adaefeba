import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Qos } from '@millrace/contract';
import {
  type BindingRequest,
  type ProviderContext,
  ProviderError,
  silentLog,
  VirtualClock,
} from '@millrace/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { provider } from './index.ts';

const control: Qos = {
  fiveQi: 82,
  arp: { priorityLevel: 2, mayPreempt: true, preemptable: false },
  gbrUplink: 1000,
  mbrUplink: 2000,
  dscp: 46,
};
const namespace = `mr${process.pid}`;
const sh = (script: string): string =>
  execFileSync('sh', ['-ec', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** In a network namespace of its own: needs root, and a kernel with HTB, nftables and VXLAN. */
describe('the Linux provider in the kernel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-linux-'));
  const clock = new VirtualClock(1_700_000_000_000_000);
  const inside = (command: string): string => sh(`ip netns exec ${namespace} ${command}`);
  const context = (settings: Record<string, string | number> = {}, id = 'gateway'): ProviderContext => ({
    id,
    settings: { uplinkInterface: 'up0', uplinkMbps: 20, namespace, ...settings },
    clock,
    log: silentLog,
    signal: new AbortController().signal,
    folder,
    notificationUrl: undefined,
    changed: () => {},
  });
  const request = (over: Partial<BindingRequest> = {}): BindingRequest => ({
    key: 'control',
    terminal: { id: 'agv-1', address: '10.1.0.2', supi: undefined, gpsi: undefined, iccid: undefined },
    platformAddress: '10.2.0.2',
    filters: [{ protocol: 'udp', remotePort: 5000 }],
    qos: control,
    slice: undefined,
    durationSeconds: undefined,
    ...over,
  });

  beforeAll(() => {
    sh(
      `ip netns add ${namespace}; ip -n ${namespace} link add up0 type veth peer name up1; ip -n ${namespace} link add port0 type veth peer name port1; ip -n ${namespace} address add 10.9.0.1/24 dev up0; ip -n ${namespace} link set up0 up; ip -n ${namespace} link set up1 up; ip -n ${namespace} link set lo up`,
    );
  });
  afterAll(() => {
    sh(`ip netns del ${namespace}`);
    rmSync(folder, { recursive: true, force: true });
  });

  const picture = (): string =>
    inside('tc qdisc show dev up0') + inside('tc class show dev up0') + inside('nft list ruleset');

  test('a binding is in force when read back, and everything is as before when it is gone', async () => {
    const before = picture();
    const gateway = await provider.open(context());
    expect((await gateway.test()).ok).toBe(true);
    expect(picture()).toBe(before);
    const { reference, words } = await gateway.applyBinding!(request());
    expect(words.en).toContain('1.0 to 2.0 Mbit/s on up0');
    expect(await gateway.readBinding!(reference, request())).toMatchObject({ inForce: true });
    // The same again is the same.
    await gateway.applyBinding!(request());
    await gateway.applyBinding!(request({ key: 'video', filters: [{ protocol: 'udp', remotePort: 6000 }] }));
    await gateway.releaseBinding!('video', request());
    expect(inside('tc class show dev up0')).not.toContain('1:11');
    await gateway.releaseBinding!(reference, request());
    await gateway.releaseBinding!(reference, request());
    await expect(gateway.readBinding!(reference, request())).rejects.toMatchObject({ kind: 'gone' });
    expect(picture()).toBe(before);
    await gateway.stop();
  });

  test('what somebody else changed is seen, and what somebody else set up is left alone', async () => {
    const gateway = await provider.open(context());
    const { reference } = await gateway.applyBinding!(request());
    inside('tc class change dev up0 classid 1:10 htb rate 9mbit ceil 9mbit');
    expect(await gateway.readBinding!(reference, request())).toMatchObject({ inForce: false });
    await gateway.applyBinding!(request());
    inside('nft flush ruleset');
    expect(await gateway.readBinding!(reference, request())).toMatchObject({ inForce: false });
    await gateway.applyBinding!(request());
    await gateway.releaseBinding!(reference, request());
    inside('tc qdisc add dev up0 root handle 7: tbf rate 5mbit burst 2000 latency 10ms');
    const theirs = picture();
    await expect(gateway.applyBinding!(request())).rejects.toThrow(
      /Somebody has set up traffic control on up0/,
    );
    expect(picture()).toBe(theirs);
    inside('tc qdisc del dev up0 root');
    await gateway.stop();
  });

  test('a start after a kill finds what was promised; a binding with an end ends', async () => {
    const before = picture();
    const first = await provider.open(context());
    await first.applyBinding!(request({ durationSeconds: 60 }));
    await first.stop();
    // The machine was restarted: the kernel knows nothing.
    inside('tc qdisc del dev up0 root');
    inside('nft flush ruleset');
    const second = await provider.open(context());
    expect(await second.readBinding!('control', request())).toMatchObject({ inForce: true });
    clock.advance(60_000);
    await expect(second.readBinding!('control', request())).rejects.toMatchObject({ kind: 'gone' });
    expect(picture()).toBe(before);
    await second.stop();
  });

  test('more than there is, no address and strange addresses are refused with the reason, and change nothing', async () => {
    const before = picture();
    const gateway = await provider.open(context());
    await expect(
      gateway.applyBinding!(request({ qos: { ...control, gbrUplink: 19_000, mbrUplink: 19_000 } })),
    ).rejects.toThrow('Guarantees on up0 would come to 19.00 Mbit/s; 18.43 Mbit/s can be given.');
    const nowhere = { id: 'a', address: undefined, supi: undefined, gpsi: undefined, iccid: undefined };
    await expect(gateway.applyBinding!(request({ terminal: nowhere }))).rejects.toBeInstanceOf(ProviderError);
    await expect(
      gateway.applyBinding!(request({ filters: [{ protocol: 'udp', remote: '10.0.0.1; flush ruleset' }] })),
    ).rejects.toThrow(/neither an IP address nor a prefix/);
    await expect(
      gateway.applyBinding!(request({ filters: [{ protocol: 'udp', remote: '2001:db8::1' }] })),
    ).rejects.toThrow(/different IP versions/);
    expect(picture()).toBe(before);
    await gateway.stop();
    const missing = await provider.open(context({ uplinkInterface: 'nope0' }));
    await expect(missing.applyBinding!(request())).rejects.toMatchObject({ kind: 'settings' });
    expect((await missing.test()).ok).toBe(false);
    await missing.stop();
  });

  test('a LAN group joins ports over VXLAN and leaves no trace', async () => {
    const links = inside('ip -br link show');
    const gateway = await provider.open(context({ tunnelAddress: '10.9.0.1', groupPorts: 'port0=5001' }));
    const group = { title: 'Line 1', kind: 'ethernet' as const, members: ['a', 'b'], vni: 5001 };
    const member = (id: string, address: string) => ({
      id,
      address,
      supi: undefined,
      gpsi: undefined,
      iccid: undefined,
    });
    const members = [member('a', '10.9.0.1'), member('b', '10.9.0.2')];
    const { reference } = await gateway.applyGroup!('line-1', group, members);
    expect(await gateway.readGroup!(reference, group, members)).toMatchObject({ inForce: true });
    await expect(gateway.applyGroup!('line-2', group, members)).rejects.toThrow(/another group's already/);
    // A member more, a member less: only the tunnels change.
    await gateway.applyGroup!('line-1', group, [...members, member('c', '10.9.0.3')]);
    await gateway.applyGroup!('line-1', group, [members[0]!, member('c', '10.9.0.3')]);
    expect(inside('bridge fdb show dev mrx5001')).toMatch(/00:00:00:00:00:00 dst 10.9.0.3/);
    expect(inside('bridge fdb show dev mrx5001')).not.toMatch(/10.9.0.2/);
    await gateway.releaseGroup!(reference, group);
    inside('ip link set port0 down');
    expect(inside('ip -br link show')).toBe(links);
    await gateway.stop();
  });
});
