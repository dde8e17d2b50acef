import { Component } from 'react';
import { Button } from '../ui/button.tsx';
import styles from './frame.module.css';

type BrokenProps = { children: React.ReactNode };

/** The last line: a bug in one page must not take the frame with it. */
export class Broken extends Component<BrokenProps, { message: string | null }> {
  override state = { message: null };

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : 'Something failed.' };
  }

  override render(): React.ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <section className={styles['lost']} role="alert">
        <h1>This page failed to draw</h1>
        <p>The engine goes on asking and recording. This is a fault of the screen, not a verdict on any host.</p>
        <p>
          <code>{this.state.message}</code>
        </p>
        <Button onClick={() => this.setState({ message: null })}>Draw it again</Button>
      </section>
    );
  }
}
