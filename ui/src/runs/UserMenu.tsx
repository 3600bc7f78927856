import { Menu } from '@mantine/core';
import { Icon } from '../parts/Icon.tsx';
import { useDeleteUserRuns } from './useDeletion.tsx';

/** What can be done to all runs of a user, where the list shows one user's runs. */
export function UserMenu({ user }: { user: string }) {
  const { ask, dialog } = useDeleteUserRuns(user);
  return (
    <>
      <Menu width={260}>
        <Menu.Target>
          <button type="button" className="btn square small" aria-label={`More about ${user}`}>
            <Icon name="more" small />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item className="danger" leftSection={<Icon name="trash" small />} onClick={ask}>
            Delete all runs of {user}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog}
    </>
  );
}
