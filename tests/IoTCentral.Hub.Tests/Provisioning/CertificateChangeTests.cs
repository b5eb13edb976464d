using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Provisioning;

/// <summary>Certificates that are taken back, renewed and rolled over: what becomes of the devices that have them.</summary>
public sealed class CertificateChangeTests(HubFixture fixture) : CertificateContext(fixture)
{
    [Fact]
    public async Task A_revoked_certificate_is_refused_from_the_upload_on()
    {
        var root = TestAuthority.Root();
        var group = await GroupAsync("revoked", root);
        var (bad, good) = (root.Leaf("cert-10"), root.Leaf("cert-11"));
        await RegisterAsync("cert-10", bad);
        await RegisterAsync("cert-11", good);

        await Certificates.PutRevocationsAsync(
            _hub.Caller,
            group,
            CertificateEntry.Primary,
            root.RevocationList(bad),
            Ct
        );

        await using var revoked = await _hub.OpenAsync(bad);
        await using var fine = await _hub.OpenAsync(good);
        Assert.Equal(5, await revoked.ConnectAsync(Sign.Certified("cert-10")));
        Assert.Equal(0, await fine.ConnectAsync(Sign.Certified("cert-11")));
        await _hub.LineAsync("cert-10", ConnectionCode.CertificateRevoked);
        await using var registering = await _hub.OpenAsync(bad);
        Assert.Equal(5, await registering.ConnectAsync(Dps("cert-10")));
    }

    [Fact]
    public async Task A_revoked_intermediate_takes_all_below_it_along()
    {
        var root = TestAuthority.Root();
        var factory = root.Intermediate("Sold factory");
        var group = await GroupAsync("revoked-factory", root);
        var list = root.RevocationList(factory.Certificate);
        await Certificates.PutRevocationsAsync(_hub.Caller, group, CertificateEntry.Primary, list, Ct);

        await using var device = await _hub.OpenAsync(factory.Leaf("cert-12"), factory.Certificate);

        Assert.Equal(5, await device.ConnectAsync(Dps("cert-12")));
    }

    [Fact]
    public async Task A_fleet_rolls_over_to_the_secondary_authority_without_a_gap()
    {
        var (old, next) = (TestAuthority.Root("Old"), TestAuthority.Root("Next"));
        var group = await GroupAsync("rolling", old);
        await RegisterAsync("cert-14", old.Leaf("cert-14"));
        await VerifiedAsync(group, CertificateEntry.Secondary, next);

        Assert.Equal(0, await CodeAsync("cert-14", old.Leaf("cert-14")));
        Assert.Equal(0, await CodeAsync("cert-14", next.Leaf("cert-14")));
        await Certificates.DeleteAsync(_hub.Caller, group, CertificateEntry.Primary, Ct);
        Assert.Equal(5, await CodeAsync("cert-14", old.Leaf("cert-14")));
        Assert.Equal(0, await CodeAsync("cert-14", next.Leaf("cert-14")));
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("removed")]
    public async Task A_connection_ends_when_its_certificate_no_longer_counts(string how)
    {
        var root = TestAuthority.Root();
        var group = await GroupAsync($"live-{how}", root);
        var (bad, good) = (root.Leaf($"bad-{how}"), root.Leaf($"good-{how}"));
        await RegisterAsync($"bad-{how}", bad);
        await RegisterAsync($"good-{how}", good);
        await using var one = await _hub.OpenAsync(bad);
        await using var other = await _hub.OpenAsync(good);
        Assert.Equal(0, await one.ConnectAsync(Sign.Certified($"bad-{how}")));
        Assert.Equal(0, await other.ConnectAsync(Sign.Certified($"good-{how}")));

        if (how == "revoked")
        {
            var list = root.RevocationList(bad);
            await Certificates.PutRevocationsAsync(_hub.Caller, group, CertificateEntry.Primary, list, Ct);
        }
        else
        {
            await Certificates.DeleteAsync(_hub.Caller, group, CertificateEntry.Primary, Ct);
        }

        await one.ClosedAsync();
        if (how == "removed")
        {
            await other.ClosedAsync();
            return;
        }

        await other.PublishAsync($"devices/good-{how}/messages/events/", "{}", packetId: 2);
        Assert.Equal(2, (await other.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task A_renewed_intermediate_takes_over_while_the_leaf_stays()
    {
        var root = TestAuthority.Root();
        var (first, second) = (root.Intermediate("Renewed"), root.Intermediate("Renewed"));
        var group = await GroupAsync("renewed", root);
        await RegisterAsync("cert-22", first.Leaf("cert-22"), first.Certificate);
        var list = root.RevocationList(first.Certificate);
        await Certificates.PutRevocationsAsync(_hub.Caller, group, CertificateEntry.Primary, list, Ct);
        var leaf = second.Leaf("cert-22");

        await using var device = await _hub.OpenAsync(leaf, second.Certificate);
        Assert.Equal(0, await device.ConnectAsync(Sign.Certified("cert-22")));
        await using var old = await _hub.OpenAsync(first.Leaf("cert-22"), first.Certificate);
        Assert.Equal(5, await old.ConnectAsync(Sign.Certified("cert-22")));
    }

    [Fact]
    public async Task A_list_of_any_authority_above_counts()
    {
        var root = TestAuthority.Root();
        var factory = root.Intermediate("Both entries");
        var group = await GroupAsync("both-entries", root);
        await VerifiedAsync(group, CertificateEntry.Secondary, factory);
        await RegisterAsync("cert-23", factory.Leaf("cert-23"), factory.Certificate);
        var list = root.RevocationList(factory.Certificate);
        await Certificates.PutRevocationsAsync(_hub.Caller, group, CertificateEntry.Primary, list, Ct);

        await using var device = await _hub.OpenAsync(factory.Leaf("cert-23"), factory.Certificate);

        Assert.Equal(5, await device.ConnectAsync(Sign.Certified("cert-23")));
    }
}
