import { type FileHandle, rm } from 'node:fs/promises';
import { type OpenFile, Segment, headerLine, type SegmentHeader } from './segment.ts';
import { segmentPath, syncFolder } from './segments.ts';

/** Appends to one segment. */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #handle: FileHandle;
  #isBroken = false;

  /** Creates a segment. It is durable once this resolves. */
  static async create(
    file: string,
    number: number,
    header: SegmentHeader,
    openFile: OpenFile,
  ): Promise<SegmentWriter> {
    const path = segmentPath(file, number);
    const line = headerLine(header);
    // An existing file belongs to another process, or is damaged.
    const handle = await openFile(path, 'wx');
    try {
      await writeAll(handle, line, 0);
      await handle.datasync();
      await syncFolder(file);
    } catch (error) {
      // Also if it cannot be closed: the next attempt creates it again.
      await handle.close().catch(() => undefined);
      await rm(path, { force: true });
      throw error;
    }
    return new SegmentWriter(new Segment(path, number, header, line.length), handle);
  }

  /** Continues an existing segment. */
  static async reopen(segment: Segment, openFile: OpenFile): Promise<SegmentWriter> {
    return new SegmentWriter(segment, await openFile(segment.path, 'r+'));
  }

  private constructor(segment: Segment, handle: FileHandle) {
    this.segment = segment;
    this.#handle = handle;
  }

  /** Whether it must not be written any more: the content after its valid bytes is unknown. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Writes after the valid bytes, and syncs. The caller then calls `Segment.grow`.
   * @throws SegmentLost
   */
  async append(bytes: Buffer): Promise<void> {
    const { size } = this.segment;
    await this.#check(size);
    try {
      await writeAll(this.#handle, bytes, size);
    } catch (error) {
      await this.#cutTo(size);
      throw error;
    }
    try {
      await this.#handle.datasync();
    } catch (error) {
      // The system may have dropped the unwritten pages. Its next sync would then succeed.
      this.#isBroken = true;
      throw error;
    }
    await this.#check(size + bytes.length);
  }

  /** Writes to a removed file succeed, but it cannot be read again. Writes to a truncated one leave a hole. */
  async #check(size: number): Promise<void> {
    try {
      await this.segment.check(size);
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #cutTo(size: number): Promise<void> {
    try {
      await this.#handle.truncate(size);
    } catch {
      this.#isBroken = true;
    }
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(
      bytes,
      written,
      bytes.length - written,
      position + written,
    );
    written += bytesWritten;
  }
}
