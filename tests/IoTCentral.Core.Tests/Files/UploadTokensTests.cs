using IoTCentral.Core.Files;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Files;

public sealed class UploadTokensTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantId Tenant = new(12);

    private readonly FakeTimeProvider _time = new(Noon);
    private readonly UploadTokens _tokens;

    public UploadTokensTests() => _tokens = new UploadTokens(MasterKey.New(), _time);

    [Fact]
    public void A_token_is_good_for_its_own_blob()
    {
        var upload = Upload("pump 1", "logs/a b.txt");

        var ticket = Read(_tokens.Make(Tenant, upload), upload.BlobName);

        Assert.Equal(new UploadTicket(Tenant, upload.DeviceKey, upload.Id), ticket);
    }

    [Theory]
    [InlineData("pump/b.txt")]
    [InlineData("pump/A.txt")]
    [InlineData("pump2/a.txt")]
    [InlineData("pump/a.txt/")]
    [InlineData("")]
    public void A_token_is_good_for_no_other_blob(string blob) =>
        Assert.Null(Read(_tokens.Make(Tenant, Upload("pump", "a.txt")), blob));

    [Fact]
    public void A_token_ends()
    {
        var upload = Upload("pump", "a.txt");
        var token = _tokens.Make(Tenant, upload);

        _time.Advance(upload.Expires - Noon - TimeSpan.FromSeconds(1));
        Assert.NotNull(Read(token, upload.BlobName));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(Read(token, upload.BlobName));
    }

    [Fact]
    public void Its_end_cannot_be_moved()
    {
        var upload = Upload("pump", "a.txt");
        var query = Query(_tokens.Make(Tenant, upload));

        Assert.Null(_tokens.Read(upload.BlobName, query["si"], "2027-01-01T00:00:00Z", query["sig"]));
    }

    [Fact]
    public void No_part_of_it_can_be_changed_or_left_out()
    {
        var upload = Upload("pump", "a.txt");
        var query = Query(_tokens.Make(Tenant, upload));
        foreach (var name in new[] { "si", "se", "sig" })
        {
            foreach (var wrong in new[] { null, "", "x", query[name][1..], query[name] + "A", Changed(query[name]) })
            {
                var parts = new Dictionary<string, string?>(query!) { [name] = wrong };
                Assert.Null(_tokens.Read(upload.BlobName, parts["si"], parts["se"], parts["sig"]));
            }
        }
    }

    [Fact]
    public void A_token_of_another_installation_is_none()
    {
        var upload = Upload("pump", "a.txt");
        var other = new UploadTokens(MasterKey.New(), _time);

        Assert.Null(Read(other.Make(Tenant, upload), upload.BlobName));
    }

    private static FileUpload Upload(string device, string name) =>
        new()
        {
            Id = Guid.CreateVersion7(Noon),
            DeviceKey = 4711,
            DeviceId = device,
            Name = name,
            Expires = Noon.AddHours(1),
        };

    private UploadTicket? Read(string token, string blob)
    {
        var query = Query(token);
        return _tokens.Read(blob, query["si"], query["se"], query["sig"]);
    }

    private static Dictionary<string, string> Query(string token) =>
        token
            .TrimStart('?')
            .Split('&')
            .Select(p => p.Split('=', 2))
            .ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));

    private static string Changed(string text) => (text[0] == 'A' ? 'B' : 'A') + text[1..];
}
