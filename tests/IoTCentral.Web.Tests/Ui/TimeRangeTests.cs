using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Times;

namespace IoTCentral.Web.Tests.Ui;

public sealed class TimeRangeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeRange Default = TimeRange.Last(TimeSpan.FromHours(12));

    public static TheoryData<TimeRange, string> Addresses =>
        new()
        {
            { TimeRange.Live(TimeSpan.FromMinutes(30)), "live-30m" },
            { TimeRange.Last(TimeSpan.FromHours(12)), "12h" },
            { TimeRange.Last(TimeSpan.FromDays(7)), "7d" },
            { TimeRange.Last(TimeSpan.FromSeconds(90)), "90s" },
            { TimeRange.Between(Noon, Noon.AddDays(1)), "20260701T120000Z-20260702T120000Z" },
        };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void A_range_survives_the_way_through_an_address(TimeRange range, string address)
    {
        Assert.Equal(address, range.ToQuery());
        Assert.Equal(range, TimeRange.Parse(address, Default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("0h")]
    [InlineData("-5h")]
    [InlineData("999999d")]
    [InlineData("live-")]
    [InlineData("20260702T120000Z-20260701T120000Z")]
    [InlineData("20260702T120000Z")]
    public void A_broken_address_opens_with_the_usual_range(string? address) =>
        Assert.Equal(Default, TimeRange.Parse(address, Default));

    [Fact]
    public void A_window_ends_now()
    {
        Assert.Equal((Noon.AddHours(-12), Noon), Default.Resolve(Noon));
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(12, 120)]
    [InlineData(24 * 7, 1800)]
    public void Buckets_are_round_and_few(int hours, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), TimeRange.Last(TimeSpan.FromHours(hours)).Bucket(500));
    }

    [Theory]
    [InlineData(8.7, "8.7")]
    [InlineData(-19.44, "−19.44")]
    [InlineData(0.0, "0")]
    [InlineData(12345.6, "12,346")]
    [InlineData(0.01234, "0.0123")]
    [InlineData(double.NaN, "–")]
    public void Numbers_have_sensible_decimals(double value, string text) =>
        Assert.Equal(text, Figures.Format(value, culture: System.Globalization.CultureInfo.InvariantCulture));
}
