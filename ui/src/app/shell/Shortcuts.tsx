import { Modal } from '@mantine/core';

const KEYS: readonly (readonly [what: string, keys: readonly string[]])[] = [
  ['Search or jump to', ['Ctrl', 'K']],
  ['Go to Overview, Runs, Chat, Intake', ['G', 'then', 'O', 'R', 'C', 'I']],
  ['Next and previous run or task', ['J', 'K']],
  ['Peek at the run, once more to open it', ['Enter']],
  ['Star or unstar the run', ['S']],
  ['Search in the list', ['/']],
  ['Close what is open', ['Esc']],
  ['Walk the waterfall', ['↑', '↓']],
  ['Fold and unfold a task', ['←', '→']],
  ['Move over the strip, with Shift to narrow', ['←', '→', 'Shift']],
  ['This sheet', ['?']],
];

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal centered opened={opened} onClose={onClose} title="Keyboard shortcuts" size="md" closeButtonProps={{ 'aria-label': 'Close' }}>
      <table className="table keys-table">
        <tbody>
          {KEYS.map(([what, keys]) => (
            <tr key={what}>
              <td>{what}</td>
              <td>{keys.map((key) => (key === 'then' ? <span key={key}> then </span> : <kbd key={key}>{key}</kbd>))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
