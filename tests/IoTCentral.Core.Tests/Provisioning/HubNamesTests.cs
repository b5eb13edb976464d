using System.Net;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Tests.Provisioning;

public sealed class HubNamesTests
{
    private readonly HubNames _names = new(
        new HubOptions { HostNames = ["Hub.Example.com"], Addresses = ["10.0.0.9", "fd00::9"] }
    );

    [Theory]
    [InlineData("hub.example.COM", true)]
    [InlineData("hub.example.com:8883", true)]
    [InlineData("10.0.0.9", true)]
    [InlineData("10.0.0.9:8883", true)]
    [InlineData("[fd00::9]:8883", true)]
    [InlineData("fd00::9", true)]
    [InlineData("192.168.1.5", true)] // the address it came in by
    [InlineData("localhost", true)]
    [InlineData("example.com", false)]
    [InlineData("hub.example.com.evil.org", false)]
    [InlineData("10.0.0.10", false)]
    [InlineData("", false)]
    public void It_answers_to_its_names_and_addresses(string host, bool isOurs) =>
        Assert.Equal(isOurs, _names.Includes(host, IPAddress.Parse("192.168.1.5")));

    [Fact]
    public void Devices_are_sent_to_the_applications_own_host_if_it_has_one()
    {
        var application = new Application
        {
            TenantId = new(1),
            Slug = "a",
            Name = "A",
            IdScope = "0ne",
            CreatedAt = default,
        };

        Assert.Equal("Hub.Example.com", _names.HostOf(application));
        Assert.Equal("own.example.com", _names.HostOf(application with { HostName = "own.example.com" }));
    }
}
