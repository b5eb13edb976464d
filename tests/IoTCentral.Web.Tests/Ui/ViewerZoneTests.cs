using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Tests.Ui;

public sealed class ViewerZoneTests
{
    private static readonly ViewerZone Berlin = ViewerZone.Of("Europe/Berlin");

    [Fact]
    public void A_wall_clock_reading_becomes_the_moment_it_means()
    {
        var moment = Berlin.FromLocal(new DateTime(2026, 7, 1, 14, 0, 0));

        Assert.Equal(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero), moment);
    }

    [Fact]
    public void A_reading_that_spring_skips_is_the_moment_after()
    {
        var moment = Berlin.FromLocal(new DateTime(2026, 3, 29, 2, 30, 0));

        Assert.Equal(new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero), moment);
    }

    [Fact]
    public void Of_a_reading_that_autumn_repeats_the_first_is_meant()
    {
        var moment = Berlin.FromLocal(new DateTime(2026, 10, 25, 2, 30, 0));

        Assert.Equal(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero), moment);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Nowhere/Land")]
    public void An_unknown_zone_is_UTC(string? name) => Assert.Equal(ViewerZone.Utc, ViewerZone.Of(name));

    [Theory]
    [InlineData("apps/demo/devices/pump-1?tab=raw", "demo", "devices/pump-1")]
    [InlineData("apps/demo", "demo", "")]
    public void An_address_tells_application_and_path(string address, string slug, string path) =>
        Assert.Equal((slug, path), AppAddress.Read(address));

    [Theory]
    [InlineData("")]
    [InlineData("apps")]
    [InlineData("account")]
    public void An_address_outside_applications_has_none(string address) => Assert.Null(AppAddress.Read(address));
}
