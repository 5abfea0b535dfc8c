using System.Net;
using System.Numerics;

namespace SplitSqlite.EFCore.Tests.Differential.Model;

/// <summary>What is in the database at the beginning of each case: the same each time, with nulls, extremes and duplicates.</summary>
internal static class Seed
{
    /// <summary>What the model can't say: a view, triggers.</summary>
    public const string Sql =
        """
        CREATE VIEW "AuthorTotals" AS
            SELECT a."Id" AS "AuthorId", a."Name", count(b."Id") AS "Books", avg(b."Rating") AS "Rating"
            FROM "Authors" a LEFT JOIN "Books" b ON b."AuthorId" = a."Id" GROUP BY a."Id", a."Name";
        CREATE TRIGGER "CounterChanged" AFTER UPDATE ON "Counters" BEGIN
            UPDATE "Counters" SET "Version" = old."Version" + 1 WHERE "Id" = old."Id";
        END;
        CREATE TABLE "Log"("Id" INTEGER PRIMARY KEY AUTOINCREMENT, "What" TEXT NOT NULL);
        CREATE TRIGGER "CounterAdded" AFTER INSERT ON "Counters" BEGIN
            INSERT INTO "Log"("What") VALUES ('counter ' || new."Name"), ('and more');
        END;
        """;

    public static readonly DateTime Day = new(2024, 2, 29, 13, 45, 6, 789, DateTimeKind.Unspecified);

    private static readonly DateTimeOffset Moment = new(2024, 2, 29, 13, 45, 6, 789, TimeSpan.FromMinutes(90));

    public static void Fill(BedContext context)
    {
        context.AddRange(Authors());
        context.SaveChanges();
        context.AddRange(Books(AddTags(context)));
        context.SaveChanges();
        context.AddRange(Reviews());
        context.AddRange(Enumerable.Range(1, 12).Select(n => new Loan
        {
            BookId = (n % 4) + 1,
            Number = n,
            From = DateOnly.FromDateTime(Day).AddDays(n * 17),
            Until = n % 3 == 0 ? null : DateOnly.FromDateTime(Day).AddDays((n * 17) + n),
            At = new TimeOnly(8, 0).Add(TimeSpan.FromMinutes(n * 37.5)),
        }));
        context.AddRange(Everything());
        context.AddRange(Accounts());
        context.AddRange(
            new Counter { Name = "first", Value = 1 },
            new Counter { Name = "second", Value = 20 });
        context.AddRange(Categories());
        context.AddRange(Folders());
        context.AddRange(Inheritance());
        context.SaveChanges();
    }

    private static Tag[] AddTags(BedContext context)
    {
        var tags = ((string[])["classic", "short", "Öl", "50% off", "under_score", "100"]).Select(name => new Tag { Name = name }).ToArray();
        context.AddRange(tags.AsEnumerable());
        context.SaveChanges();
        return tags;
    }

    private static IEnumerable<Author> Authors()
    {
        var ann = new Author
        {
            Name = "Ann",
            Favourite = Genre.Crime,
            Born = new DateOnly(1960, 2, 29),
            Home = new Address { City = "Oslo", Street = "1 Long Street", Position = new Position { Latitude = 59.9, Longitude = 10.75 } },
            Work = new Address { City = "Rome" },
            Contact = new Contact
            {
                Mail = "ann@example.org",
                IsPublic = true,
                Since = Day,
                Preferences = new Preferences { Genre = Genre.Science, Limit = 12.50m, Code = Id(1), Hours = [8, 12, 20] },
                Phones = [new Phone { Kind = "home", Number = "123", Prefix = 47 }, new Phone { Kind = "work", Number = "456" }],
            },
            Aliases = ["A.", "Ännchen"],
        };
        yield return ann;
        yield return new Author
        {
            Name = "bob",
            Favourite = Genre.Novel,
            Home = new Address { City = "Rome" },
            Contact = new Contact { Mail = null, Since = null, Phones = [] },
            Mentor = ann,
        };
        yield return new Author
        {
            Name = "Çelik O'Hara",
            Favourite = Genre.None,
            Born = new DateOnly(1999, 12, 31),
            Home = new Address { Street = "2 \"Quoted\" Lane", Position = new Position() },
            Aliases = ["A.", "", "😀"],
            Mentor = ann,
        };
        yield return new Author { Name = "dora", Favourite = Genre.Novel, Born = new DateOnly(1, 1, 1), Home = new Address { City = "oslo" } };
    }

    private static IEnumerable<Book> Books(Tag[] tags)
        => Enumerable.Range(1, 12).Select(n => new Book
        {
            Title = n switch { 3 => "100% sure", 4 => "under_score", 5 => "Ärger", 6 => string.Empty, 7 => "  padded  ", _ => $"Book {n:00}" },
            Isbn = $"isbn-{n:000}",
            Price = n switch { 1 => 9.99m, 2 => 10.00m, 3 => 10.0m, 4 => 100.5m, 5 => 79228162514264337593543950335m, 6 => 0.0000000000000000000000000001m, 7 => -1.5m, _ => n * 2.25m },
            Discount = n % 3 == 0 ? null : n / 10m,
            PublishedAt = Day.AddDays(n * 31.25).AddTicks(n % 2),
            SoldOutAt = n % 4 == 0 ? Moment.AddHours(n) : null,
            ReadingTime = n % 3 == 0 ? null : TimeSpan.FromMinutes(n * 95.5),
            Pages = n * 50 % 350,
            Rating = n / 3.0,
            Stock = n % 5,
            Shelf = n % 2 == 0 ? "B2" : null!,
            IsDeleted = n == 11,
            Revision = n,
            Genre = (Genre)(n % 4),
            AuthorId = (n % 3) + 1,
            Tags = [.. tags.Where((_, i) => (n + i) % 3 == 0)],
        });

    private static IEnumerable<Review> Reviews()
        => Enumerable.Range(1, 20).Select(n => new Review
        {
            BookIsbn = $"isbn-{((n * 7) % 12) + 1:000}",
            Stars = (n % 5) + 1,
            Text = n % 4 == 0 ? null : $"Text {n} of {(n % 2 == 0 ? "even" : "ODD")}",
            WrittenAt = Moment.AddDays(n).ToOffset(TimeSpan.FromHours(n % 5)),
        });

    private static IEnumerable<Everything> Everything()
    {
        yield return new Everything();
        yield return new Everything
        {
            Bool = true,
            Byte = byte.MaxValue,
            SByte = sbyte.MinValue,
            Short = short.MinValue,
            UShort = ushort.MaxValue,
            Int = int.MinValue,
            UInt = uint.MaxValue,
            Long = long.MinValue,
            ULong = ulong.MaxValue,
            Float = float.MaxValue,
            Double = double.MinValue,
            Decimal = decimal.MaxValue,
            Char = 'ß',
            String = "It's 100% \"quoted\"; -- and\r\nmore 😀",
            Bytes = [0, 1, 127, 128, 255],
            Guid = Id(2),
            DateTime = DateTime.MaxValue,
            DateTimeOffset = DateTimeOffset.MaxValue,
            DateOnly = DateOnly.MaxValue,
            TimeOnly = TimeOnly.MaxValue,
            TimeSpan = TimeSpan.MaxValue,
            Enum = Genre.Science,
            Tiny = Tiny.Max,
            Huge = Huge.Max,
            Rights = Rights.All,
            BoolOrNull = false,
            ByteOrNull = 0,
            SByteOrNull = -1,
            ShortOrNull = 5,
            UShortOrNull = 6,
            IntOrNull = 7,
            UIntOrNull = 8,
            LongOrNull = 9,
            ULongOrNull = 10,
            FloatOrNull = 0.1f,
            DoubleOrNull = 0.1,
            DecimalOrNull = 0.1m,
            CharOrNull = 'x',
            StringOrNull = string.Empty,
            BytesOrNull = [],
            GuidOrNull = Guid.Empty,
            DateTimeOrNull = Day,
            DateTimeOffsetOrNull = Moment,
            DateOnlyOrNull = DateOnly.FromDateTime(Day),
            TimeOnlyOrNull = TimeOnly.FromDateTime(Day),
            TimeSpanOrNull = TimeSpan.FromDays(-1.5),
            EnumOrNull = Genre.Crime,
            RightsOrNull = Rights.Write,
            Uri = new Uri("https://example.org/a?b=c#d"),
            Address = IPAddress.Parse("10.1.2.3"),
            Big = BigInteger.Parse("123456789012345678901234567890", System.Globalization.CultureInfo.InvariantCulture),
            EnumText = Genre.Novel,
            BoolText = true,
            BoolYesNo = true,
            GuidBlob = Id(3),
            DateTimeTicks = Day,
            DateTimeReal = new DateTime(2000, 1, 1, 12, 0, 0),
            DateTimeOffsetBinary = Moment,
            DecimalReal = 1234.5m,
            TimeSpanTicks = TimeSpan.FromTicks(1),
            Money = new Money(12.34m, "EUR"),
            MoneyOrNull = new Money(-1m, "NOK"),
            Ints = [3, 1, 2, int.MaxValue],
            Strings = ["a", null, "", "ü"],
            Decimals = [1.1m, 2.20m],
            GuidsOrNull = [Id(4), Guid.Empty],
            Dates = [Day, DateTime.MinValue],
            Enums = [Genre.Crime, Genre.None],
        };
        for (var n = 3; n <= 8; n++)
        {
            yield return new Everything
            {
                Bool = n % 2 == 0,
                Byte = (byte)n,
                Int = n * 10,
                Long = n * 10_000_000_000L,
                ULong = (ulong)n << (n * 7),
                Float = n / 7f,
                Double = n / 7.0,
                Decimal = n / 7m,
                Char = (char)('a' + n),
                String = new string((char)('a' + n), n),
                Bytes = [.. Enumerable.Range(0, n).Select(i => (byte)(i * n))],
                Guid = Id(n + 10),
                DateTime = Day.AddHours(n * 1001.3),
                DateTimeOffset = Moment.AddHours(n).ToOffset(TimeSpan.FromHours(-n)),
                DateOnly = DateOnly.FromDateTime(Day).AddMonths(n),
                TimeOnly = new TimeOnly(n, n * 3, n * 5, n * 7),
                TimeSpan = TimeSpan.FromHours(n * 13.37),
                Enum = (Genre)(n % 4),
                Rights = (Rights)(n % 4),
                IntOrNull = n % 3 == 0 ? null : n,
                DecimalOrNull = n % 3 == 0 ? null : n * 1.10m,
                StringOrNull = n % 3 == 0 ? null : $"s{n}",
                DateTimeOrNull = n % 3 == 0 ? null : Day.AddMonths(n),
                TimeSpanOrNull = n % 3 == 0 ? null : TimeSpan.FromMinutes(n),
                EnumText = (Genre)(n % 4),
                Money = new Money(n, "EUR"),
                Ints = [.. Enumerable.Range(0, n)],
                Strings = [$"s{n}"],
            };
        }
    }

    private static IEnumerable<Account> Accounts()
        => Enumerable.Range(1, 5).Select(n => new Account
        {
            Mail = $"User{n}@Example.org",
            Balance = n * 100.10m,
            Hash = n == 3 ? null : [(byte)n, 0, 255],
            Rights = (Rights)(n % 4),
            Stamp = Id(100 + n),
            Profile = n % 2 == 0 ? null : new Profile { Nick = $"nick{n}" },
            Orders =
            [
                .. Enumerable.Range(1, n - 1).Select(k => new Order
                {
                    Id = Id((n * 1000) + k),
                    PlacedAt = Moment.AddDays(k),
                    Total = k * 19.90m,
                    Lines = [.. Enumerable.Range(1, k).Select(l => new OrderLine { Product = $"P{l}", Count = l, Price = l * 1.01m })],
                    Parcel = new Parcel { Weight = k / 2.0, Note = k % 2 == 0 ? null : "fragile" },
                    Route = new Route { From = $"F{n}", To = $"T{k}", Stops = [.. Enumerable.Range(1, k).Select(s => $"S{s}")] },
                })
            ],
        });

    private static IEnumerable<Category> Categories()
    {
        yield return new Category { Id = 1, Name = "root" };
        yield return new Category { Id = 2, Name = "left", ParentId = 1 };
        yield return new Category { Id = 3, Name = "right", ParentId = 1 };
        yield return new Category { Id = 4, Name = "leaf", ParentId = 2 };
        yield return new Category { Id = 5, Name = "leaf", ParentId = 3 };
    }

    private static IEnumerable<Folder> Folders()
    {
        yield return new Folder { Name = "full", Notes = [new Note { Head = "one", Body = "first body", Cost = 1.25m }, new Note { Head = "two", Body = null }] };
        yield return new Folder { Name = "empty" };
    }

    private static IEnumerable<object> Inheritance()
        => [
            new Cat { Name = "Tom", Lives = 9, Weight = 4.5 },
            new Dog { Name = "Rex", Trick = "sit" },
            new Puppy { Name = "Pip", Trick = null, Born = new DateOnly(2024, 5, 1), Weight = 0.5 },
            new Cat { Name = "Mia", Lives = 7 },
            new Vehicle { Plate = "V-1", Wheels = 3 },
            new Car { Plate = "C-1", Wheels = 4, Seats = 5 },
            new Taxi { Plate = "T-1", Wheels = 4, Seats = 4, Company = "Quick" },
            new Truck { Plate = "L-1", Wheels = 6, Load = 7.5m },
            new CardPayment { Id = Id(501), Amount = 10m, At = Day, Digits = "4242" },
            new CashPayment { Id = Id(502), Amount = 12.5m, At = Day.AddDays(1), Given = 20m },
            new CardPayment { Id = Id(503), Amount = 7.25m, At = Day.AddDays(2) },
        ];

    /// <summary>Makes a Guid that is the same each time.</summary>
    public static Guid Id(int number) => new(number, 0x1234, 0x5678, 0x9A, 0xBC, 0xDE, 0xF0, 1, 2, 3, 4);
}
