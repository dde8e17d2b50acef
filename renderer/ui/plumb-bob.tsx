import { BOB_PATH } from '../../shared/drawing/shapes.ts';

/** The product mark: a line, hanging true. */
export const ProductMark = ({ size = 24 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d="M6 1.5h12" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    <path d="M12 1.5v7" stroke="currentColor" strokeWidth="1.2" />
    <path d={BOB_PATH} transform="translate(12 7.2) scale(.66)" fill="currentColor" />
  </svg>
);
