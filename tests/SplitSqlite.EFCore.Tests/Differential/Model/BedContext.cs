using System.Globalization;
using System.Numerics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace SplitSqlite.EFCore.Tests.Differential.Model;

/// <summary>A model with something of everything that EF Core's provider for SQLite can map.</summary>
internal sealed class BedContext(DbContextOptions<BedContext> options) : DbContext(options)
{
    public DbSet<Author> Authors => Set<Author>();

    public DbSet<Book> Books => Set<Book>();

    public DbSet<Tag> Tags => Set<Tag>();

    public DbSet<BookTag> BookTags => Set<BookTag>();

    public DbSet<Review> Reviews => Set<Review>();

    public DbSet<Loan> Loans => Set<Loan>();

    public DbSet<AuthorTotal> AuthorTotals => Set<AuthorTotal>();

    public DbSet<Everything> Everything => Set<Everything>();

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<Profile> Profiles => Set<Profile>();

    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Counter> Counters => Set<Counter>();

    public DbSet<Category> Categories => Set<Category>();

    public DbSet<Folder> Folders => Set<Folder>();

    public DbSet<Note> Notes => Set<Note>();

    public DbSet<Animal> Animals => Set<Animal>();

    public DbSet<Vehicle> Vehicles => Set<Vehicle>();

    public DbSet<Payment> Payments => Set<Payment>();

    /// <summary>SQLite's own function, mapped.</summary>
    public static int Instr(string text, string part) => throw new NotSupportedException();

    /// <summary>A query as a method of the context.</summary>
    public IQueryable<Book> BooksOf(int author) => Books.Where(b => b.AuthorId == author);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        MapLibrary(modelBuilder);
        MapEverything(modelBuilder);
        MapShop(modelBuilder);
        MapInheritance(modelBuilder);
        modelBuilder.HasDbFunction(typeof(BedContext).GetMethod(nameof(Instr))!).HasName("instr").IsBuiltIn();
    }

    private static void MapLibrary(ModelBuilder model)
    {
        model.Entity<Author>(author =>
        {
            author.Property(a => a.Name).UseCollation("NOCASE").HasMaxLength(60);
            author.Property(a => a.Favourite).HasConversion<string>();
            author.OwnsOne(a => a.Home, home => home.OwnsOne(h => h.Position));
            author.OwnsOne(a => a.Work, work => work.Ignore(w => w.Position));
            author.OwnsOne(a => a.Contact, contact =>
            {
                contact.ToJson();
                contact.OwnsOne(c => c.Preferences);
                contact.OwnsMany(c => c.Phones);
            });
            author.Navigation(a => a.Home).IsRequired();
            author.HasOne(a => a.Mentor).WithMany().HasForeignKey(a => a.MentorId).OnDelete(DeleteBehavior.SetNull);
            author.HasIndex(a => new { a.Favourite, a.Born });
        });
        model.Entity<Book>(book =>
        {
            book.HasAlternateKey(b => b.Isbn);
            book.Property(b => b.Shelf).HasDefaultValue("A1");
            book.Property(b => b.Code).HasDefaultValueSql("lower('NEW-' || 1)");
            book.Property(b => b.TitleLength).HasComputedColumnSql("length(\"Title\")", stored: true);
            book.Property(b => b.Revision).IsConcurrencyToken();
            book.Property<string?>("Remark");
            book.HasQueryFilter("alive", b => !b.IsDeleted);
            book.ToTable(table => table.HasCheckConstraint("CK_Stock", "\"Stock\" >= 0"));
            book.HasIndex(b => b.Title);
            book.HasOne(b => b.Author).WithMany(a => a.Books).HasForeignKey(b => b.AuthorId).OnDelete(DeleteBehavior.Cascade);
            book.HasMany(b => b.Tags).WithMany(t => t.Books).UsingEntity<BookTag>(join => join.Property(j => j.Weight).HasDefaultValue(1));
            book.HasMany(b => b.Loans).WithOne().HasForeignKey(l => l.BookId);
        });
        model.Entity<Tag>().HasIndex(t => t.Name).IsUnique();
        model.Entity<Review>(review =>
        {
            review.HasOne(r => r.Book).WithMany(b => b.Reviews).HasForeignKey(r => r.BookIsbn).HasPrincipalKey(b => b.Isbn);
            review.ToTable(table => table.HasCheckConstraint("CK_Stars", "\"Stars\" BETWEEN 1 AND 5"));
        });
        model.Entity<Loan>().HasKey(l => new { l.BookId, l.Number });
        model.Entity<AuthorTotal>().HasNoKey().ToView("AuthorTotals");
    }

    private static void MapEverything(ModelBuilder model) => model.Entity<Everything>(all =>
    {
        all.ToTable("Everything");
        all.Property(e => e.Big).HasConversion(b => b!.Value.ToString(CultureInfo.InvariantCulture), t => BigInteger.Parse(t, CultureInfo.InvariantCulture));
        all.Property(e => e.EnumText).HasConversion<string>();
        all.Property(e => e.BoolText).HasConversion<string>();
        all.Property(e => e.BoolYesNo).HasConversion(new BoolToTwoValuesConverter<char>('N', 'Y'));
        all.Property(e => e.GuidBlob).HasColumnType("BLOB").HasConversion<byte[]>();
        all.Property(e => e.DateTimeTicks).HasConversion<long>();
        all.Property(e => e.DateTimeReal).HasColumnType("REAL");
        all.Property(e => e.DateTimeOffsetBinary).HasConversion<DateTimeOffsetToBinaryConverter>();
        all.Property(e => e.DecimalReal).HasConversion<double>();
        all.Property(e => e.TimeSpanTicks).HasConversion<long>();
        all.Property(e => e.Money).HasConversion(m => m.ToString(), t => Money.Parse(t));
        all.Property(e => e.MoneyOrNull).HasConversion(m => m!.Value.ToString(), t => Money.Parse(t));
        all.Property(e => e.StringOrNull).HasMaxLength(100).IsUnicode(false);
    });

    private static void MapShop(ModelBuilder model)
    {
        model.Entity<Account>(account =>
        {
            account.Property(a => a.Mail).UseCollation("NOCASE");
            account.HasIndex(a => a.Mail).IsUnique();
            account.Property(a => a.Stamp).IsConcurrencyToken();
            account.ToTable(table => table.HasCheckConstraint("CK_Balance", "CAST(\"Balance\" AS REAL) >= 0"));
            account.HasOne(a => a.Profile).WithOne(p => p.Account).HasForeignKey<Profile>(p => p.AccountId);
        });
        model.Entity<Profile>().HasKey(p => p.AccountId);
        model.Entity<Order>(order =>
        {
            order.HasOne(o => o.Account).WithMany(a => a.Orders).HasForeignKey(o => o.AccountId).OnDelete(DeleteBehavior.Restrict);
            order.OwnsMany(o => o.Lines, lines =>
            {
                lines.ToTable("OrderLines");
                lines.HasKey(l => l.Id);
            });
            order.ComplexProperty(o => o.Parcel);
            order.ComplexProperty(o => o.Route, route => route.ToJson());
        });
        model.Entity<Counter>(counter =>
        {
            counter.Property(c => c.Version).HasDefaultValue(1L).ValueGeneratedOnAddOrUpdate().IsConcurrencyToken();
            counter.ToTable(table => table.HasTrigger("CounterChanged"));
        });
        model.Entity<Category>(category =>
        {
            category.Property(c => c.Id).ValueGeneratedNever();
            category.HasOne(c => c.Parent).WithMany(c => c.Children).HasForeignKey(c => c.ParentId).OnDelete(DeleteBehavior.Restrict);
            category.HasIndex(c => new { c.ParentId, c.Name }).IsUnique();
        });
        model.Entity<Note>(note => note.ToTable("Notes").SplitToTable("NoteBodies", split =>
        {
            split.Property(n => n.Body);
            split.Property(n => n.Cost);
        }));
    }

    private static void MapInheritance(ModelBuilder model)
    {
        model.Entity<Animal>().HasDiscriminator<string>("Kind").HasValue<Cat>("cat").HasValue<Dog>("dog").HasValue<Puppy>("puppy");
        model.Entity<Vehicle>().UseTptMappingStrategy();
        model.Entity<Car>();
        model.Entity<Truck>();
        model.Entity<Taxi>();
        model.Entity<Payment>().UseTpcMappingStrategy();
        model.Entity<CardPayment>();
        model.Entity<CashPayment>();
    }
}
