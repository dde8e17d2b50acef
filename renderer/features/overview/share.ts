export { share } from '../../../shared/model/share.ts';
