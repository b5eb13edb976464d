using CsCheck;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0, "degreeCelsius", "kelvin", 273.15)]
    [InlineData(5, "degreeCelsius", "degreeFahrenheit", 41)]
    [InlineData(-40, "degreeFahrenheit", "degreeCelsius", -40)]
    [InlineData(-18, "degreeCelsius", "°F", -0.4)]
    [InlineData(1, "kilowattHour", "joule", 3_600_000)]
    [InlineData(1013.25, "hectopascal", "bar", 1.01325)]
    [InlineData(1, "bar", "psi", 14.5037737730)]
    [InlineData(100, "kilometrePerHour", "metrePerSecond", 27.7777777778)]
    [InlineData(60, "mph", "km/h", 96.56064)]
    [InlineData(1, "mebibyte", "kibibit", 8192)]
    [InlineData(1, "exbibyte", "tebibyte", 1_048_576)]
    [InlineData(50, "percent", "unity", 0.5)]
    [InlineData(3000, "rpm", "revolutionPerSecond", 50)]
    [InlineData(1, "gallon", "litre", 3.785411784)]
    [InlineData(1, "tonOfRefrigeration", "kilowatt", 3.5168528421)]
    [InlineData(180, "degreeOfArc", "radian", 3.14159265359)]
    public void Values_convert_within_a_family(double value, string from, string to, double expected)
    {
        Assert.True(Units.TryConvert(value, from, to, out var converted));

        Assert.Equal(expected, converted, 9);
    }

    [Theory]
    [InlineData("degreeCelsius", "bar")]
    [InlineData("gray", "sievert")]
    [InlineData("watt", "wattHour")]
    [InlineData("furlong", "metre")]
    [InlineData(null, "metre")]
    public void Values_of_different_things_do_not_convert(string? from, string to)
    {
        Assert.False(Units.TryConvert(5, from, to, out var converted));

        Assert.Equal(5, converted);
    }

    [Fact]
    public void There_and_back_is_the_same_value() =>
        Gen.Select(TemplateGen.Pick([.. Units.All]), Gen.Double[-1e6, 1e6])
            .Sample(
                (unit, value) =>
                    Units
                        .For(null)
                        .Where(u => u.Dimension == unit.Dimension)
                        .All(other =>
                        {
                            var back = Units.Convert(Units.Convert(value, unit, other), other, unit);
                            return Math.Abs(back - value) <= 1e-9 * Math.Max(Math.Abs(value), 1000);
                        }),
                iter: 500
            );

    [Theory]
    [InlineData("degreeCelsius", "°C")]
    [InlineData("C", "°C")]
    [InlineData("percent", "%")]
    [InlineData("unity", "")]
    [InlineData("kilowattHour", "kWh")]
    [InlineData("metrePerSecond", "m/s")]
    [InlineData("bananas", "bananas")]
    [InlineData(null, "")]
    public void A_unit_is_printed_by_its_symbol(string? unit, string symbol) =>
        Assert.Equal(symbol, Units.Symbol(unit));

    [Fact]
    public void C_beside_a_charge_is_coulomb_and_else_a_temperature()
    {
        Assert.Equal("degreeCelsius", Units.Find("C")!.Name);
        Assert.Equal("coulomb", Units.Find("C", like: Units.Find("ampereHour"))!.Name);
    }

    [Fact]
    public void Every_quantity_has_units_and_every_unit_a_label()
    {
        Assert.All(DtdlTypes.Quantities.Keys, q => Assert.NotEmpty(Units.For(q)));
        Assert.All(Units.All, u => Assert.DoesNotContain(u.Label, char.IsControl));
        Assert.Equal("degree Celsius", Units.Find("degreeCelsius")!.Label);
        Assert.Equal("kilo British thermal unit", Units.Find("kiloBritishThermalUnit")!.Label);
    }

    [Fact]
    public void Names_and_families_are_unique_and_known()
    {
        Assert.Equal(Units.All.Count, Units.All.Select(u => u.Name).Distinct().Count());
        Assert.Subset(Units.All.Select(u => u.Family).ToHashSet(), DtdlTypes.Quantities.Values.ToHashSet());
    }
}
