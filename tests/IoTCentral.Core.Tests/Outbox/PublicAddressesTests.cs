using System.Net;
using IoTCentral.Core.Outbox;

namespace IoTCentral.Core.Tests.Outbox;

public sealed class PublicAddressesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    public void Webhooks_cannot_reach(string address) =>
        Assert.False(new PublicAddresses([]).MayReach(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    public void Webhooks_can_reach(string address) =>
        Assert.True(new PublicAddresses([]).MayReach(IPAddress.Parse(address)));

    [Fact]
    public void An_installation_can_allow_a_private_network()
    {
        var addresses = new PublicAddresses([IPNetwork.Parse("10.1.0.0/16")]);

        Assert.True(addresses.MayReach(IPAddress.Parse("10.1.2.3")));
        Assert.True(addresses.MayReach(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(addresses.MayReach(IPAddress.Parse("10.2.0.1")));
    }
}
