import type { LocalText, Microseconds } from '@millrace/contract';
import { samePei } from './identifiers.ts';
import { say } from './refusals.ts';
import { type SimRecord, type Sims, simStateWords } from './sims.ts';
import type { TerminalRecord, Terminals } from './terminals.ts';

const device = (pei: string): string =>
  pei.replace(/^(imei(sv)?|mac)-/, (_, kind: string) => `${kind.startsWith('imei') ? 'IMEI' : 'MAC'} `);

/** The SIM that is in a terminal: by what the core told, else by what people wrote down. */
export function simOf(terminal: TerminalRecord, sims: Sims): SimRecord | undefined {
  const seen = terminal.seenSupi === undefined ? undefined : sims.bySupi(terminal.seenSupi);
  if (seen !== undefined) return seen;
  const { iccid, supi } = terminal.input;
  return (
    (iccid === undefined ? undefined : sims.get(iccid)) ??
    (supi === undefined ? undefined : sims.bySupi(supi))
  );
}

/**
 * Compares what belongs together (SIM ↔ device ↔ thing) with what the networks see together. What has come apart is told on the terminal, and marked on the
 * SIM; it ends by itself when it is mended. Gives back the terminals whose problems have changed.
 */
export function findPartings(terminals: Terminals, sims: Sims, now: Microseconds): TerminalRecord[] {
  const changed: TerminalRecord[] = [];
  const parted = new Set<string>();
  for (const terminal of terminals.all()) {
    const problems = problemsOf(terminal, sims, parted, now);
    if (JSON.stringify(problems) === JSON.stringify(terminal.problems)) continue;
    terminal.problems = problems;
    changed.push(terminal);
  }
  for (const sim of sims.all()) sim.parted = parted.has(sim.input.iccid);
  return changed;
}

function problemsOf(
  terminal: TerminalRecord,
  sims: Sims,
  parted: Set<string>,
  now: Microseconds,
): LocalText[] {
  const { input, seenPei, seenSupi } = terminal;
  const problems: LocalText[] = [];
  const sim = seenSupi === undefined ? undefined : sims.bySupi(seenSupi);
  if (sim !== undefined && seenPei !== undefined) {
    sim.seenIn = seenPei;
    sim.seen = terminal.lastSeen ?? now;
  }
  const belongs = sim?.input.pei;
  if (sim !== undefined && belongs !== undefined && seenPei !== undefined && !samePei(belongs, seenPei)) {
    parted.add(sim.input.iccid);
    problems.push(
      say(
        `SIM ${sim.input.iccid} is in ${device(seenPei)}; it belongs in ${device(belongs)}.`,
        `SIM ${sim.input.iccid} 当前在设备 ${device(seenPei)} 中，应在 ${device(belongs)} 中。`,
      ),
    );
  } else if (
    !terminal.found &&
    input.pei !== undefined &&
    seenPei !== undefined &&
    !samePei(input.pei, seenPei)
  ) {
    if (sim !== undefined) parted.add(sim.input.iccid);
    problems.push(
      say(
        `Its subscription is used by ${device(seenPei)}, not by ${device(input.pei)} as registered.`,
        `其签约当前由设备 ${device(seenPei)} 使用，而登记的是 ${device(input.pei)}。`,
      ),
    );
  }
  const wanted = input.iccid === undefined ? undefined : sims.get(input.iccid);
  if (wanted !== undefined && sim !== undefined && wanted !== sim) {
    parted.add(wanted.input.iccid);
    problems.push(
      say(
        `SIM ${sim.input.iccid} is in it; SIM ${wanted.input.iccid} belongs there.`,
        `终端中的 SIM 为 ${sim.input.iccid}，应为 ${wanted.input.iccid}。`,
      ),
    );
  }
  if (sim !== undefined && sim.input.state !== 'active' && terminal.sessions.length > 0)
    problems.push(
      say(
        `SIM ${sim.input.iccid} is ${simStateWords[sim.input.state].en} in the inventory and has a session in the network.`,
        `SIM ${sim.input.iccid} 在台账中为“${simStateWords[sim.input.state].zh}”，却在网络中有会话。`,
      ),
    );
  const inside = sim ?? wanted;
  if (
    inside?.input.thing !== undefined &&
    input.things.length > 0 &&
    !input.things.includes(inside.input.thing)
  ) {
    parted.add(inside.input.iccid);
    problems.push(
      say(
        `SIM ${inside.input.iccid} serves the thing ${inside.input.thing}, which is not reached through this terminal.`,
        `SIM ${inside.input.iccid} 应服务于物 ${inside.input.thing}，但该物并不经由此终端接入。`,
      ),
    );
  }
  return problems;
}
