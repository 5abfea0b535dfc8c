namespace SplitSqlite.EFCore.Tests.Differential.Model;

/// <summary>One table for all of them.</summary>
internal abstract class Animal
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public double? Weight { get; set; }
}

internal sealed class Cat : Animal
{
    public int Lives { get; set; }
}

internal class Dog : Animal
{
    public string? Trick { get; set; }
}

internal sealed class Puppy : Dog
{
    public DateOnly Born { get; set; }
}

/// <summary>A table for each type, joined.</summary>
internal class Vehicle
{
    public int Id { get; set; }

    public required string Plate { get; set; }

    public int Wheels { get; set; }
}

internal class Car : Vehicle
{
    public int Seats { get; set; }
}

internal sealed class Truck : Vehicle
{
    public decimal Load { get; set; }
}

internal sealed class Taxi : Car
{
    public string? Company { get; set; }
}

/// <summary>A table for each concrete type, each with all columns.</summary>
internal abstract class Payment
{
    public Guid Id { get; set; }

    public decimal Amount { get; set; }

    public DateTime At { get; set; }
}

internal sealed class CardPayment : Payment
{
    public string? Digits { get; set; }
}

internal sealed class CashPayment : Payment
{
    public decimal Given { get; set; }
}
