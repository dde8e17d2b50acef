/** The bob: collar, shoulders, point. Hangs from (0, 0); 14 wide and 24 high at scale 1. */
export const BOB_PATH = 'M-1.6 0h3.2v2.6h-3.2ZM-4.2 3.6h8.4l2.2 3.6c.9 1.7.3 3.5-.7 5L.5 23.2q-.5.8-1 0L-5.7 12.2c-1-1.5-1.6-3.3-.7-5Z';

/** The product mark: a line, hanging true. */
export const ProductMark = ({ size = 24 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d="M6 1.5h12" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    <path d="M12 1.5v7" stroke="currentColor" strokeWidth="1.2" />
    <path d={BOB_PATH} transform="translate(12 7.2) scale(.66)" fill="currentColor" />
  </svg>
);
