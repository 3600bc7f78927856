import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import type { IconName } from '../../parts/icons.tsx';

const SCHEMES: readonly { value: MantineColorScheme; label: string; icon: IconName }[] = [
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
  { value: 'auto', label: 'System', icon: 'system' },
];

/** Light, dark or what the system says. Remembered by the browser. */
export function ThemeMenu({ children }: { children: (icon: IconName) => ReactElement }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const current = SCHEMES.find(({ value }) => value === colorScheme)?.icon ?? 'system';
  return (
    <Menu position="right-end" width={160}>
      <Menu.Target>{children(current)}</Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {SCHEMES.map(({ value, label, icon }) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick rightSection={<Icon name={icon} small />}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
