using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Scaffolding;
using Microsoft.EntityFrameworkCore.Sqlite.Scaffolding.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using SplitSqlite.EFCore.Child;
using SplitSqlite.EFCore.Tests.Migrations;
using SplitSqlite.EFCore.Tests.Support;

namespace SplitSqlite.EFCore.Tests.Design;

/// <summary>What EF Core's command line asks of a context, as far as it can be asked without its design package.</summary>
public class DesignTimeTests
{
    [Fact]
    public void Design_time_services_are_found_by_the_providers_name()
    {
        using var folder = new TempFolder();
        using var context = MigrationTests.Open(folder);
        var assembly = Assembly.Load(context.Database.ProviderName!);
        var name = assembly.GetCustomAttribute<DesignTimeProviderServicesAttribute>()!.TypeName;
        var services = new ServiceCollection();
        ((IDesignTimeServices)Activator.CreateInstance(assembly.GetType(name, throwOnError: true)!)!).ConfigureDesignTimeServices(services);
        Assert.Contains(services, service => service.ServiceType == typeof(IDatabaseModelFactory));
    }

    [Fact]
    public void Differ_finds_no_change_between_the_snapshot_and_the_model()
    {
        using var folder = new TempFolder();
        using var context = MigrationTests.Open(folder);
        Assert.False(context.Database.HasPendingModelChanges());
        var snapshot = context.GetService<IModelRuntimeInitializer>().Initialize(context.GetService<IMigrationsAssembly>().ModelSnapshot!.Model, designTime: true);
        var model = context.GetService<IDesignTimeModel>().Model;
        Assert.Empty(context.GetService<IMigrationsModelDiffer>().GetDifferences(snapshot.GetRelationalModel(), model.GetRelationalModel()));
    }

    [Fact]
    public void Scripts_are_those_of_UseSqlite()
    {
        using var folder = new TempFolder();
        using var split = MigrationTests.Open(folder);
        using var plain = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseSqlite(folder.ConnectionString()).Options);
        Assert.Equal(plain.Database.GenerateCreateScript(), split.Database.GenerateCreateScript());
        Assert.Equal(plain.GetService<IMigrator>().GenerateScript(), split.GetService<IMigrator>().GenerateScript());
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void Scaffolding_reads_a_live_database_through_its_connection_string()
    {
        using var folder = new TempFolder();
        using var context = MigrationTests.Open(folder);
        context.Database.Migrate();
        using var transaction = context.Database.BeginTransaction();
        var byString = Factory(context).Create(folder.ConnectionString(), new DatabaseModelFactoryOptions());
        Assert.Equal(["Lines", "Orders", "__EFMigrationsLock"], byString.Tables.Select(table => table.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Scaffolding_through_our_connection_sees_tables_columns_and_keys()
    {
        using var folder = new TempFolder();
        using var context = MigrationTests.Open(folder);
        context.Database.Migrate();
        var plain = Factory(context).Create(folder.ConnectionString(), new DatabaseModelFactoryOptions());
        using var connection = new SplitSqliteConnection(folder.ConnectionString());
        var split = Factory(context).Create(connection, new DatabaseModelFactoryOptions());
        Assert.Equal(Describe(plain), Describe(split));

        // Collations and AUTOINCREMENT it asks of the native handle, which it takes from a SqliteConnection only: see docs/efcore.md.
        static string[] Describe(Microsoft.EntityFrameworkCore.Scaffolding.Metadata.DatabaseModel model)
            =>
            [
                .. model.Tables.OrderBy(table => table.Name, StringComparer.Ordinal).SelectMany(table => (string[])
                [
                    table.Name,
                    .. table.Columns.Select(column => $"  {column.Name} {column.StoreType} {column.IsNullable} {column.DefaultValueSql}"),
                    "  key " + string.Join(", ", table.PrimaryKey!.Columns.Select(column => column.Name)),
                    .. table.ForeignKeys.Select(key => $"  to {key.PrincipalTable.Name} {key.OnDelete}"),
                    .. table.Indexes.Select(index => $"  index {index.Name}"),
                ]),
            ];
    }

    private static SqliteDatabaseModelFactory Factory(DbContext context)
        => new(context.GetService<IDiagnosticsLogger<DbLoggerCategory.Scaffolding>>(), context.GetService<IRelationalTypeMappingSource>());
}
