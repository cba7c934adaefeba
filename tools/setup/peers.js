// Installs the peers that the interop tests speak with, from the system's packages.
// @ts-check
import { spawnSync } from 'node:child_process';

/** Debian's names. A peer that is there already is not asked for again. */
const packages = [
  'mosquitto',
  'mosquitto-clients',
  'python3-paho-mqtt',
  'python3-pymodbus',
  // Imported by pymodbus's server module, and only recommended by its package.
  'python3-serial',
  'python3-serial-asyncio',
  'python3-venv',
  'libmodbus-dev',
  'python3-scapy',
  'gcc',
  'libc6-dev',
  'iproute2',
  'nftables',
];

export async function installPeers() {
  const missing = packages.filter(
    (name) => !/ok installed/.test(spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' }).stdout ?? ''),
  );
  if (missing.length === 0) return;
  process.stdout.write(`  … installing ${missing.join(' ')}\n`);
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing],
  ]) {
    const [command, ...more] = [...root, ...args];
    const { status, stdout, stderr, error } = spawnSync(command ?? '', more, {
      encoding: 'utf8',
      env: environment,
    });
    if (status !== 0) {
      process.stderr.write(
        `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}\nThe interop tests need Debian or Ubuntu and the right to install: ${missing.join(' ')}\n`,
      );
      process.exit(1);
    }
  }
}
