import type { ReactNode } from 'react';
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from 'react-aria-components/Tabs';
import styles from './tabs.module.css';

export interface TabItem<K extends string> {
  id: K;
  title: string;
  /** A count or mark beside the title. */
  note?: ReactNode;
  content: () => ReactNode;
}

/** Tabs whose choice is kept by the caller (usually in the URL). Only the open one is rendered. */
export function Tabs<K extends string>({
  label,
  items,
  selected,
  onSelect,
}: {
  label: string;
  items: readonly TabItem<K>[];
  selected: K;
  onSelect: (id: K) => void;
}) {
  return (
    <AriaTabs
      className={styles.tabs}
      selectedKey={selected}
      onSelectionChange={(key) => onSelect(key as K)}
      keyboardActivation="manual"
    >
      <TabList className={styles.list} aria-label={label}>
        {items.map((item) => (
          <Tab key={item.id} id={item.id} className={styles.tab}>
            {item.title}
            {item.note === undefined ? null : <span className={styles.note}>{item.note}</span>}
          </Tab>
        ))}
      </TabList>
      {items.map((item) => (
        <TabPanel key={item.id} id={item.id} className={styles.panel}>
          {item.id === selected ? item.content() : null}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
