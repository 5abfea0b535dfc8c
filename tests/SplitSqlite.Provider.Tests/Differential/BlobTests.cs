using System.Data.Common;

namespace SplitSqlite.Tests.Differential;

/// <summary>Values read piece by piece.</summary>
public sealed class BlobTests
{
    private const string Blobs =
        """
        CREATE TABLE file(id INTEGER PRIMARY KEY, body BLOB, note TEXT);
        INSERT INTO file VALUES (1, x'000102030405060708090a', 'text with ä€😀'), (2, NULL, NULL), (3, zeroblob(100000), ''), (4, 'text', 5), (5, 1.5, x'ff');
        CREATE TABLE plain(body BLOB);
        INSERT INTO plain VALUES (x'0102'), (NULL);
        """;

    [Theory]
    [InlineData("SELECT id, body, note FROM file")]
    [InlineData("SELECT id || '', body, note FROM file")]
    [InlineData("SELECT rowid, body, note FROM file")]
    [InlineData("SELECT id AS i, body AS b, note AS n FROM file")]
    [InlineData("SELECT id, body || '' AS body, note FROM file")]
    [InlineData("SELECT rowid, body, 1 FROM plain")]
    [InlineData("SELECT id, zeroblob(5) FROM file")]
    [InlineData("INSERT INTO file(body, note) VALUES (x'0a0b', 'new') RETURNING id, body, note")]
    public void Pieces_of_values_are_the_same(string text)
    {
        foreach (var inTransaction in (bool[])[false, true])
        {
            Script.Same(Blobs, side =>
            {
                side.Open();
                using var transaction = inTransaction ? side.Connection.BeginTransaction() : null;
                using var command = side.Command(text);
                using var reader = command.ExecuteReader();
                Pieces(side, reader);
                while (side.Next(reader))
                {
                    Pieces(side, reader);
                }

                Pieces(side, reader);
                side.Close(reader);
                transaction?.Commit();
            });
        }
    }

    // Microsoft.Data.Sqlite asks SQLite for the column metadata of no table, which ends the process.
    [Fact]
    public void Pieces_of_two_expressions_are_readable()
    {
        var log = Script.Run(isSplit: true, Blobs, side =>
        {
            side.Open();
            using var command = side.Command("SELECT id, zeroblob(5), x'0102' FROM file");
            using var reader = command.ExecuteReader();
            side.Next(reader);
            Pieces(side, reader);
        });
        Assert.Contains("stream of 2 => 'True False True 2 2 0102'", log);
    }

    [Fact]
    public void Stream_stays_readable_beside_the_next_row_and_after_the_reader()
        => Script.Same(Blobs, side =>
        {
            side.Open();
            using var command = side.Command("SELECT id, body FROM file WHERE id IN (1, 3)");
            var reader = command.ExecuteReader();
            side.Next(reader);
            var first = reader.GetStream(1);
            var buffer = new byte[4];
            side.Try("read", () => first.Read(buffer, 0, 4));
            side.Try("bytes", () => buffer.ToArray());
            side.Next(reader);
            side.Try("read", () => first.Read(buffer, 0, 4));
            side.Try("bytes", () => buffer.ToArray());
            side.NonQuery("INSERT INTO plain VALUES (x'03')");
            side.Close(reader);
            side.Try("seek", () => first.Seek(1, SeekOrigin.Begin));
            side.Try("read", () => first.Read(buffer, 0, 4));
            side.Try("bytes", () => buffer.ToArray());
            first.Dispose();
            side.Try("can read", () => first.CanRead);
            side.Try("read", () => first.Read(buffer, 0, 4));
        });

    // From the second column on: of the first, which is the rowid, the plain provider opens a blob that does not exist.
    private static void Pieces(Side side, DbDataReader reader)
    {
        for (var column = 1; column < 4; column++)
        {
            var i = column;
            side.Try($"bytes of {i}", () =>
            {
                var buffer = new byte[6];
                var count = reader.GetBytes(i, 1, buffer, 2, 3);
                return $"{count} {Convert.ToHexString(buffer)}";
            });
            side.Try($"length of {i}", () => reader.GetBytes(i, 0, null, 0, 0));
            side.Try($"bytes beyond {i}", () => reader.GetBytes(i, 1000000, new byte[2], 0, 2));
            side.Try($"chars of {i}", () =>
            {
                var buffer = new char[6];
                var count = reader.GetChars(i, 1, buffer, 2, 3);
                return $"{count} {string.Join(',', buffer.Select(c => (int)c))}";
            });
            side.Try($"length in chars of {i}", () => reader.GetChars(i, 0, null, 0, 0));
            side.Try($"stream of {i}", () =>
            {
                using var stream = reader.GetStream(i);
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                return $"{stream.CanRead} {stream.CanWrite} {stream.CanSeek} {stream.Length} {stream.Position} {Convert.ToHexString(copy.ToArray().AsSpan(0, (int)Math.Min(copy.Length, 20)))}";
            });
            side.Try($"text of {i}", () =>
            {
                using var text = reader.GetTextReader(i);
                return text.ReadToEnd() is { Length: < 100 } all ? all : "long";
            });
        }
    }
}
