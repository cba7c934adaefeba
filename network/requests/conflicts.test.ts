import type { BindingInput, LanGroupInput, SliceInput } from '@millrace/contract';
import { describe, expect, test } from 'vitest';
import { checkBinding, checkGroup, checkSlice, filtersOverlap, prefixOf, type World } from './conflicts.ts';
import { bindingOf, TestInventory } from './testing/request-plant.ts';

const inventory = new TestInventory();
function world(more: Partial<World> = {}): World {
  const bindings = [...(more.bindings ?? [])];
  return {
    bindings: [],
    bindingsAt: (terminal) => bindings.filter(({ input }) => input.terminal === terminal),
    slices: [],
    groups: [],
    capacities: [],
    zones: inventory.zones(),
    hasProvider: (id) => id === 'core',
    can: () => true,
    terminal: inventory.terminal,
    flow: inventory.flow,
    ...more,
  };
}
const fields = (problems: readonly { field: string }[]): string[] => problems.map(({ field }) => field);
const checked = (input: Partial<BindingInput>, more: Partial<World> = {}, id?: string): string[] =>
  fields(checkBinding(id, bindingOf(input), world(more)));

describe('two bindings that do not fit together are told at the field', () => {
  const video = bindingOf({
    flow: 'video',
    qos: { fiveQi: 9, arp: { priorityLevel: 8, mayPreempt: false, preemptable: true }, dscp: 0 },
  });

  test('the same packets with another quality', () => {
    const there = { bindings: [{ id: 'v', input: video }] };
    expect(checked({}, there)).toEqual(['filters']);
    expect(checked({ filters: [{ protocol: 'udp', remotePort: 4841 }] }, there)).toEqual([]);
    expect(checked({ filters: [] }, there)).toEqual(['filters']);
    expect(checked({ terminal: 'agv-2' }, there)).toEqual([]);
    expect(checked({}, there, 'v')).toEqual([]);
    // The same quality: nothing to quarrel about.
    expect(
      checked(
        { flow: 'video', filters: [], qos: video.qos },
        { bindings: [{ id: 'c', input: bindingOf({ qos: video.qos }) }] },
      ),
    ).toEqual([]);
  });

  test('the same flow of the same terminal twice', () => {
    expect(checked({}, { bindings: [{ id: 'b', input: bindingOf() }] })).toEqual(['flow']);
  });

  test('more guaranteed than the zone carries, or the provider tells', () => {
    const heavy = bindingOf({
      terminal: 'agv-2',
      qos: { ...bindingOf().qos, gbrUplink: 19_950, mbrUplink: 19_950 },
    });
    expect(checked({}, { bindings: [{ id: 'h', input: heavy }] })).toEqual(['qos.gbrUplink']);
    const capacities = [{ provider: 'core', place: '', uplink: 90, downlink: 1000 }];
    expect(checked({}, { capacities })).toEqual(['qos.gbrUplink']);
    expect(checkBinding(undefined, bindingOf(), world({ capacities }))[0]!.message.en).toBe(
      'The plant, as "core" tells, carries 90 kbit/s uplink; with this binding 100 kbit/s would be guaranteed, 10 kbit/s too much.',
    );
    expect(
      checked({}, { capacities: [{ provider: 'core', place: 'elsewhere', uplink: 1, downlink: 1 }] }),
    ).toEqual([]);
  });

  test('a slice that is full, in terminals or in rate', () => {
    const slice = (profile: Partial<SliceInput['profile']>): Partial<World> => ({
      slices: [{ id: 's', input: { title: 'S', profile: { snssai: { sst: 1 }, ...profile } } }],
      bindings: [{ id: 'o', input: bindingOf({ terminal: 'agv-2', slice: 's' }) }],
    });
    expect(checked({ slice: 's' }, slice({ maxNumberofUEs: 1 }))).toEqual(['slice']);
    expect(checked({ slice: 's' }, slice({ maxNumberofUEs: 2 }))).toEqual([]);
    expect(checked({ slice: 's' }, slice({ uLThptPerSlice: 150 }))).toEqual(['qos.gbrUplink']);
    expect(checked({ slice: 'none' })).toEqual(['slice']);
  });

  test('what is not there, cannot, or contradicts itself', () => {
    expect(checked({ terminal: 'x', flow: 'y', provider: 'z' })).toEqual(['terminal', 'flow', 'provider']);
    expect(checked({}, { can: () => false })).toEqual(['provider']);
    const { qos } = bindingOf();
    expect(checked({ qos: { ...qos, fiveQi: 9 } })).toEqual(['qos.fiveQi']);
    expect(checked({ qos: { ...qos, mbrUplink: 50 } })).toEqual(['qos.mbrUplink']);
    expect(checked({ qos: { fiveQi: 84, arp: qos.arp, dscp: 0 } })).toEqual(['qos.gbrUplink']);
    expect(checked({ filters: [{ protocol: 'any', remotePort: 1 }] })).toEqual(['filters.0.protocol']);
    expect(checked({ filters: [{ protocol: 'udp', remote: '10.0.0.300' }] })).toEqual(['filters.0.remote']);
    // A 5QI of the operator's own says nothing that could be wrong.
    expect(checked({ qos: { ...qos, fiveQi: 200 } })).toEqual([]);
  });
});

describe('slices and groups', () => {
  test('one VNI twice, members that are not there', () => {
    const group: LanGroupInput = { title: 'G', kind: 'ethernet', members: ['agv-1'], vni: 7 };
    const there = world({ groups: [{ id: 'g', input: group }] });
    expect(fields(checkGroup('h', group, there))).toEqual(['vni']);
    expect(fields(checkGroup('g', group, there))).toEqual([]);
    expect(fields(checkGroup('h', { ...group, vni: 8, members: ['agv-1', 'agv-1', 'x'] }, there))).toEqual([
      'members.1',
      'members.2',
    ]);
  });

  test('one S-NSSAI twice, less than is bound, impossible figures', () => {
    const slice: SliceInput = { title: 'S', profile: { snssai: { sst: 1, sd: '00000A' } } };
    const there = world({
      slices: [{ id: 's', input: slice }],
      bindings: [{ id: 'b', input: bindingOf({ slice: 's' }) }],
    });
    expect(
      fields(checkSlice('t', { ...slice, profile: { snssai: { sst: 1, sd: '00000a' } } }, there)),
    ).toEqual(['profile.snssai']);
    expect(
      fields(
        checkSlice(
          's',
          {
            ...slice,
            profile: {
              ...slice.profile,
              maxNumberofUEs: 0,
              uLThptPerSlice: 50,
              availability: 100,
              uLLatency: 0,
            },
          },
          there,
        ),
      ),
    ).toEqual([
      'profile.availability',
      'profile.uLLatency',
      'profile.maxNumberofUEs',
      'profile.uLThptPerSlice',
    ]);
  });
});

describe('filters', () => {
  test('overlap where some packet matches both', () => {
    const udp = { protocol: 'udp' } as const;
    expect(filtersOverlap(udp, { protocol: 'tcp' })).toBe(false);
    expect(filtersOverlap(udp, { protocol: 'any' })).toBe(true);
    expect(filtersOverlap({ ...udp, remotePort: 1 }, { ...udp, terminalPort: 2 })).toBe(true);
    expect(filtersOverlap({ ...udp, remotePort: 1 }, { ...udp, remotePort: 2 })).toBe(false);
    expect(filtersOverlap({ ...udp, remote: '10.0.0.0/8' }, { ...udp, remote: '10.1.2.3' })).toBe(true);
    expect(filtersOverlap({ ...udp, remote: '10.0.0.0/16' }, { ...udp, remote: '10.1.2.3' })).toBe(false);
    expect(filtersOverlap({ ...udp, remote: '2001:db8::/32' }, { ...udp, remote: '2001:db8::1' })).toBe(true);
    expect(filtersOverlap({ ...udp, remote: '2001:db8::1' }, { ...udp, remote: '10.0.0.1' })).toBe(false);
    expect(filtersOverlap({ ...udp, remote: '10.0.0.0/0' }, { ...udp, remote: '192.168.0.1' })).toBe(true);
  });

  test('addresses are read as they are written', () => {
    expect(prefixOf('::')?.length).toBe(128);
    for (const wrong of [
      '',
      '1.2.3',
      '1.2.3.4/33',
      '1.2.3.4/',
      '1.2.3.4/x',
      'a::b::c',
      '12345::',
      '::/129',
      'host',
    ])
      expect(prefixOf(wrong)).toBeUndefined();
  });
});
