using System.Runtime.InteropServices;
using SQLitePCL;

namespace SplitSqlite.Engine;

/// <summary>Values of any storage class in little memory: 16 bytes each, texts and blobs side by side in shared blocks.</summary>
internal sealed class CellStore
{
    private const int FirstBlock = 64;
    private const int LargestBlock = 1 << 20;

    private Cell[] _cells;
    private byte[][] _blocks = [];
    private int _blockCount;
    private int _used;

    /// <summary>Makes a store with room for some values.</summary>
    public CellStore(int capacity) => _cells = new Cell[capacity];

    /// <summary>Gets the number of values.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the storage class of a value, or sets what a conversion made of it.</summary>
    public ref byte StorageClass(int index) => ref _cells[index].StorageClass;

    /// <summary>Gets an INTEGER.</summary>
    public long Integer(int index) => _cells[index].Bits;

    /// <summary>Gets a REAL.</summary>
    public double Real(int index) => BitConverter.Int64BitsToDouble(_cells[index].Bits);

    /// <summary>Gets a TEXT, as UTF-8, or a BLOB.</summary>
    public ReadOnlySpan<byte> Bytes(int index)
    {
        ref Cell cell = ref _cells[index];
        return cell.Length == 0
            ? default
            : _blocks[(int)(cell.Bits >> 32)].AsSpan((int)cell.Bits, cell.Length);
    }

    /// <summary>Adds a NULL.</summary>
    public void AddNull() => Next(raw.SQLITE_NULL);

    /// <summary>Adds an INTEGER.</summary>
    public void Add(long value) => Next(raw.SQLITE_INTEGER).Bits = value;

    /// <summary>Adds a REAL.</summary>
    public void Add(double value) => Next(raw.SQLITE_FLOAT).Bits = BitConverter.DoubleToInt64Bits(value);

    /// <summary>Adds a TEXT, as UTF-8, or a BLOB.</summary>
    public void Add(ReadOnlySpan<byte> value, int storageClass)
    {
        ref Cell cell = ref Next(storageClass);
        if (value.IsEmpty)
        {
            return;
        }

        if (_blockCount == 0 || _blocks[_blockCount - 1].Length - _used < value.Length)
        {
            AddBlock(value.Length);
        }

        value.CopyTo(_blocks[_blockCount - 1].AsSpan(_used));
        cell.Bits = ((long)(_blockCount - 1) << 32) | (uint)_used;
        cell.Length = value.Length;
        _used += value.Length;
    }

    private void AddBlock(int atLeast)
    {
        // Blocks double up to a bound and are never copied; what is larger than the next one gets a block of its own size.
        int size = _blockCount < 14 ? FirstBlock << _blockCount : LargestBlock;
        if (_blockCount == _blocks.Length)
        {
            Array.Resize(ref _blocks, Math.Max(2, _blockCount * 2));
        }

        _blocks[_blockCount++] = GC.AllocateUninitializedArray<byte>(Math.Max(size, atLeast));
        _used = 0;
    }

    private ref Cell Next(int storageClass)
    {
        if (Count == _cells.Length)
        {
            Array.Resize(ref _cells, Math.Max(8, _cells.Length * 2));
        }

        ref Cell cell = ref _cells[Count++];
        cell.StorageClass = (byte)storageClass;
        return ref cell;
    }

    /// <summary>One value: the number itself, or the block (upper half) and offset (lower half) of its bytes.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Cell
    {
        public long Bits;
        public int Length;
        public byte StorageClass;
    }
}
