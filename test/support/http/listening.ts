import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether the sockets of processes are visible. Only Linux has proc(5). */
export const CAN_SEE_SOCKETS = existsSync('/proc/net/tcp');

/** The state of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/** 127.0.0.1, ::1 and ::ffff:127.0.0.1 in the byte order of /proc/net/tcp and tcp6. */
const LOOPBACK = new Set(['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F']);

export interface Listening {
  port: number;
  isLoopback: boolean;
}

function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  const targets = readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}

/** Every TCP port on which a process listens. */
export function listeningOf(pid: number): Listening[] {
  const sockets = socketsOf(pid);
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1));
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== LISTEN || !sockets.has(inode)) return [];
    return [{ port: Number.parseInt(port, 16), isLoopback: LOOPBACK.has(address) }];
  });
}
