import { notifications } from '@mantine/notifications';
import { shortId } from '../format/ids.ts';

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notifications.show({ message: `Copied ${what}` });
  } catch {
    notifications.show({ message: `The browser does not let this page copy. It is ${text}`, autoClose: 15_000 });
  }
}

/** An id shortened in the middle; a click copies all of it. */
export function CopyId({ id, what = 'id' }: { id: string; what?: string }) {
  return (
    <button
      type="button"
      className="mono copyable"
      title={`${id}\nClick to copy`}
      aria-label={`Copy ${what} ${id}`}
      onClick={() => copy(id, what)}
    >
      {shortId(id)}
    </button>
  );
}

export { copy as copyText };
