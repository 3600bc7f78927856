import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';

/**
 * Model output is hostile input: it is cleaned, links open elsewhere without a trace of where from, and an image is
 * named instead of fetched, since fetching it would tell its server that somebody reads.
 */
const COMPONENTS: Components = {
  a: ({ href, children }) => (
    <a href={href} className="link" target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ alt, src }) => (
    <span className="muted">
      [image{alt ? ` ${alt}` : ''}
      {typeof src === 'string' && !src.startsWith('data:') ? `, ${src}` : ''}]
    </span>
  ),
  table: ({ children }) => (
    <div className="markdown-table">
      <table className="table">{children}</table>
    </div>
  ),
};

export default function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeSanitize]} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
