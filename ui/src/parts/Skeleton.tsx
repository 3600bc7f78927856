/** Stands in once, before anything is known. Afterwards the old rows stay, dimmed. */
export function SkeletonRows({ rows = 5 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have nothing else to be told apart by
        <div className="skeleton" key={index} aria-hidden="true">
          <i style={{ width: 16 }} />
          <i style={{ width: 96 + ((index * 37) % 80) }} />
          <i style={{ width: 64 }} />
        </div>
      ))}
    </div>
  );
}
