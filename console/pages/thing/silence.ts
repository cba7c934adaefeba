import type { ThingDescription } from '@millrace/contract';

/** Schemes of protocols whose connection says itself when it is lost: while it lives, silence means that nothing changed. */
const watched = /^(opc\.tcp|opc\.https|modbus\+tcp):/i;

/**
 * True where a property without new samples still holds its value: it is polled or subscribed to over a connection that marks
 * its loss with bad samples, it is a Sparkplug metric (reported by exception, with a death certificate), or its thing
 * declares that it is never stale. False for whatever sends by itself at intervals: there silence is a gap.
 */
export function sendsOnChange(thing: ThingDescription, property: string): boolean {
  if (thing['millrace:staleAfterSeconds'] === 0) return true;
  return (thing.properties?.[property]?.forms ?? []).some((form) => {
    const topic = form['mqv:topic'] ?? form['mqv:filter'];
    if (typeof topic === 'string' && topic.startsWith('spBv1.0/')) return true;
    const href = typeof form.href === 'string' ? form.href : '';
    return watched.test(href) || (!/^[a-z][a-z0-9+.-]*:/i.test(href) && watched.test(thing.base ?? ''));
  });
}
