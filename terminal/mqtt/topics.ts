/** Topic names and filters as MQTT 3.1.1, 4.7 and MQTT 5.0, 4.7 define them. */

/** A name without wildcards, without U+0000, not empty. Length is the caller's business. */
export function isTopicName(topic: string): boolean {
  if (topic.length === 0) return false;
  for (let i = 0; i < topic.length; i++) {
    const c = topic.charCodeAt(i);
    if (c === 0x23 || c === 0x2b || c === 0) return false;
  }
  return true;
}

/** `#` only as the whole last level, `+` only as a whole level [MQTT-4.7.1-2, MQTT-4.7.1-3]. */
export function isTopicFilter(filter: string): boolean {
  if (filter.length === 0) return false;
  for (let i = 0; i < filter.length; i++) {
    const c = filter.charCodeAt(i);
    if (c === 0) return false;
    if (c !== 0x23 && c !== 0x2b) continue;
    if (i > 0 && filter.charCodeAt(i - 1) !== 0x2f) return false;
    const last = i === filter.length - 1;
    if (c === 0x23 ? !last : !last && filter.charCodeAt(i + 1) !== 0x2f) return false;
  }
  return true;
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('#') || filter.includes('+');
}

/**
 * Whether a filter takes a topic name. A filter that begins with a wildcard takes no name that begins with `$`
 * [MQTT-4.7.2-1]; `a/#` takes `a` too. One pass, no allocation, no recursion.
 */
export function filterMatches(filter: string, topic: string): boolean {
  let f = 0;
  let t = 0;
  const filterLength = filter.length;
  const topicLength = topic.length;
  const first = filter.charCodeAt(0);
  if (topic.charCodeAt(0) === 0x24 && (first === 0x23 || first === 0x2b)) return false;
  for (;;) {
    const c = f < filterLength ? filter.charCodeAt(f) : -1;
    if (c === 0x23) return true;
    if (c === 0x2b) {
      f++;
      while (t < topicLength && topic.charCodeAt(t) !== 0x2f) t++;
    } else {
      while (f < filterLength && filter.charCodeAt(f) !== 0x2f) {
        if (t >= topicLength || filter.charCodeAt(f) !== topic.charCodeAt(t)) return false;
        f++;
        t++;
      }
      if (t < topicLength && topic.charCodeAt(t) !== 0x2f) return false;
    }
    const filterEnds = f >= filterLength;
    const topicEnds = t >= topicLength;
    if (filterEnds) return topicEnds;
    if (topicEnds) return f + 2 === filterLength && filter.charCodeAt(f + 1) === 0x23;
    f++;
    t++;
  }
}
