import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Header } from 'react-aria-components/Header';
import { Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import buttonStyles from './button.module.css';
import styles from './menu.module.css';

export interface MenuChoice {
  id: string;
  text: string;
  icon?: ReactNode;
  /** Shown as chosen. */
  chosen?: boolean;
  onChoose: () => void;
}

export interface MenuGroup {
  title?: string;
  items: readonly MenuChoice[];
}

/** A button that opens a menu of things to do or to choose. */
export function MenuButton({
  label,
  icon,
  text,
  groups,
}: {
  label: string;
  icon: ReactNode;
  text?: string;
  groups: readonly MenuGroup[];
}) {
  return (
    <MenuTrigger>
      <AriaButton
        className={`${buttonStyles.button} ${buttonStyles.quiet} ${text === undefined ? buttonStyles.iconOnly : ''}`}
        aria-label={label}
      >
        {icon}
        {text === undefined ? null : <span>{text}</span>}
      </AriaButton>
      <Popover className={styles.popover}>
        <AriaMenu className={styles.menu} aria-label={label}>
          {groups.map((group, index) => (
            <MenuSection
              key={group.title ?? String(index)}
              className={styles.group}
              aria-label={group.title ?? label}
            >
              {group.title === undefined ? null : <Header className={styles.title}>{group.title}</Header>}
              {group.items.map((item) => (
                <MenuItem
                  key={item.id}
                  id={item.id}
                  className={styles.item}
                  textValue={item.text}
                  onAction={item.onChoose}
                >
                  <span className={styles.icon}>
                    {item.chosen === true ? <Check size={16} /> : item.icon}
                  </span>
                  {item.text}
                  {item.chosen === true ? <span className="visually-hidden"> ✓</span> : null}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
