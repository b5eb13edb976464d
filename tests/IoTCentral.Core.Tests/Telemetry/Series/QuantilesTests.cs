using CsCheck;
using IoTCentral.Core.Telemetry.Series;

namespace IoTCentral.Core.Tests.Telemetry.Series;

public sealed class QuantilesTests
{
    [Fact]
    public void Of_many_values_they_are_within_one_per_cent_of_a_value() =>
        Gen.Select(Gen.Int[1, 1_000_000], Gen.OneOf(Gen.Const(0.01), Gen.Const(0.5), Gen.Const(0.9), Gen.Const(0.99)))
            .Sample(
                (seed, share) =>
                {
                    var random = new Random(seed);
                    var values = Enumerable
                        .Range(0, 5_000)
                        .Select(i => i % 50 == 0 ? 0 : Math.Round((random.NextDouble() - 0.3) * 1_000, 2))
                        .ToList();
                    var one = new Quantiles();
                    var other = new Quantiles();
                    for (var i = 0; i < values.Count; i++)
                        (i % 3 == 0 ? one : other).Add(values[i]);
                    one.Add(other);

                    var exact = values.Order().ElementAt((int)Math.Round(share * (values.Count - 1)));
                    Assert.InRange(
                        one.Of(share),
                        exact - (Math.Abs(exact) * 0.0101),
                        exact + (Math.Abs(exact) * 0.0101)
                    );
                },
                iter: 200
            );

    [Fact]
    public void Of_few_values_they_are_exact()
    {
        var quantiles = new Quantiles();
        foreach (var value in new[] { 4.0, 1, 3, 2 })
            quantiles.Add(value);

        Assert.Equal([1, 2.5, 4], new[] { 0, 0.5, 1 }.Select(quantiles.Of));
        Assert.Equal(double.NaN, new Quantiles().Of(0.5));
    }
}
