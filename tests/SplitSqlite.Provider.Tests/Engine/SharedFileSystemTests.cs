using Microsoft.Data.Sqlite;
using SplitSqlite.Engine;
using SplitSqlite.Tests.Concurrency;
using SplitSqlite.Tests.Support;

namespace SplitSqlite.Tests.Engine;

/// <summary>Network and shared-folder file systems: recognised by what <c>statfs</c> tells, not switched to WAL.</summary>
public sealed class SharedFileSystemTests
{
    // The numbers as the manual page of statfs and the kernel's magic.h have them.
    [Theory]
    [InlineData(0x6969u, "nfs")]
    [InlineData(0x517Bu, "smb")]
    [InlineData(0xFF534D42u, "cifs")]
    [InlineData(0xFE534D42u, "smb2")]
    [InlineData(0x01021997u, "9p")]
    [InlineData(0x65735546u, "fuse")]
    [InlineData(0x00C36400u, "ceph")]
    [InlineData(0x5346414Fu, "afs")]
    [InlineData(0x6B414653u, "afs")]
    [InlineData(0x564Cu, "ncp")]
    [InlineData(0x73757245u, "coda")]
    [InlineData(0x786F4256u, "vboxsf")]
    [InlineData(0xBACBACBCu, "vmhgfs")]
    [InlineData(0x7C7C6673u, "prl_fs")]
    [InlineData(0x53464846u, "wslfs")]
    [InlineData(0x794C7630u, null)] // overlay
    [InlineData(0x01021994u, null)] // tmpfs
    [InlineData(0xEF53u, null)] // ext2 to ext4
    [InlineData(0x58465342u, null)] // xfs
    [InlineData(0x9123683Eu, null)] // btrfs
    [InlineData(0x2FC12FC1u, null)] // zfs
    [InlineData(0xF2F52010u, null)] // f2fs
    public void Linux_file_system_is_known_by_its_number(uint type, string? name) => Assert.Equal(name, SharedFileSystem.NameOf(type));

    [Theory]
    [InlineData("NTFS", DriveType.Fixed, false)]
    [InlineData("NTFS", DriveType.Network, true)]
    [InlineData("apfs", DriveType.Fixed, false)]
    [InlineData("smbfs", DriveType.Unknown, true)]
    [InlineData("nfs", DriveType.Unknown, true)]
    [InlineData("macfuse", DriveType.Unknown, true)]
    [InlineData("virtiofs", DriveType.Unknown, true)]
    public void Elsewhere_it_is_known_by_its_name(string format, DriveType type, bool isShared) => Assert.Equal(isShared, SharedFileSystem.IsShared(format, type));

    [Fact]
    public void Memory_file_system_is_local()
    {
        using var mount = Mount.Memory();
        Assert.Equal(0x01021994u, SharedFileSystem.TypeOf(mount.Folder));
        Assert.Null(SharedFileSystem.NameOf(mount.Folder));
    }

    [Fact]
    public void File_that_is_not_there_has_no_type() => Assert.Null(SharedFileSystem.NameOf("/no/such/file"));

    [Fact]
    public void File_on_fuse_is_not_switched_to_wal_and_served_by_one_connection()
    {
        using var file = new TestFile();
        using var mount = Mount.Fuse(file.Folder);
        var log = new CollectingLogger();
        var path = Path.Combine(mount.Folder, "test.db");
        using var source = new SplitSqliteDataSourceBuilder($"Data Source={path};Default Timeout=10").UseLoggerFactory(log).Build();
        using (var connection = source.OpenConnection())
        {
            connection.Run("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
            using var reader = connection.Reading("SELECT a FROM t");
            connection.Run("INSERT INTO t VALUES (3)");
            Assert.Equal(3L, connection.Value("SELECT count(*) FROM t"));
            Assert.Equal("delete", connection.Value("PRAGMA journal_mode"));
            Assert.False(connection.Session!.Database.IsSplit);
        }

        source.Clear();
        var (id, text) = Assert.Single(log.Messages);
        Assert.Equal(1001, id);
        Assert.Contains("fuse", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Wal_file_on_fuse_stays_one_and_a_warning_is_logged()
    {
        using var file = new TestFile();
        using (var plain = file.OpenPlain())
        {
            plain.Run("PRAGMA journal_mode=WAL; CREATE TABLE t(a)");
        }

        using var mount = Mount.Fuse(file.Folder);
        var log = new CollectingLogger();
        using var source = new SplitSqliteDataSourceBuilder($"Data Source={Path.Combine(mount.Folder, "test.db")};Default Timeout=10").UseLoggerFactory(log).Build();
        using (var connection = source.OpenConnection())
        {
            connection.Run("INSERT INTO t VALUES (1)");
            Assert.Equal(1L, connection.Value("SELECT count(*) FROM t"));
            Assert.True(connection.Session!.Database.IsSplit);
        }

        source.Clear();
        Assert.Equal([1004], log.Ids);
    }
}
