using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Core.Tests.Provisioning;

public sealed class SasTokenTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(n => (byte)n)];

    [Theory]
    [InlineData("h/devices/d")]
    [InlineData("h%2Fdevices%2Fd")]
    [InlineData("h%2fdevices%2fd")]
    public void The_signature_covers_the_literal_text_and_the_meaning_is_the_decoded_one(string resource)
    {
        var token = Parse(Text(resource, "2000000000"));

        Assert.True(token.IsSignedWith(Key));
        Assert.Equal("h/devices/d", token.Resource);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(2000000000), token.ExpiresAt);
    }

    [Fact]
    public void A_token_whose_text_was_changed_is_not_signed()
    {
        var text = Text("h/devices/d", "2000000000");

        Assert.False(Parse(text.Replace("2000000000", "2000000001", StringComparison.Ordinal)).IsSignedWith(Key));
        Assert.False(Parse(text.Replace("devices/d", "devices/e", StringComparison.Ordinal)).IsSignedWith(Key));
        Assert.False(Parse(text).IsSignedWith(new byte[32]));
    }

    [Theory]
    [InlineData("h/devices/d", true)]
    [InlineData("h/devices/d/", true)]
    [InlineData("h/devices", true)]
    [InlineData("h", true)]
    [InlineData("h%2Fdevices%2Fd", true)]
    [InlineData("h/devices/d/modules", false)]
    [InlineData("h/devices/D", false)]
    [InlineData("h/devices/dd", false)]
    [InlineData("h/device", false)]
    [InlineData("h%2Fdevices%2Fe", false)]
    public void A_token_covers_whole_segments_of_its_own_resource(string resource, bool covers) =>
        Assert.Equal(covers, Parse(Text(resource, "2000000000")).Covers("/devices/d"));

    [Theory]
    [InlineData("h/devices/a%b", "a%b")] // raw: nothing was encoded
    [InlineData("h/devices/a%25b", "a%b")]
    [InlineData("h%2Fdevices%2Fa%25b", "a%b")]
    public void A_percent_sign_in_the_id_may_be_encoded_or_not(string resource, string id) =>
        Assert.True(Parse(Text(resource, "2000000000")).Covers($"/devices/{id}"));

    [Theory]
    [InlineData("")]
    [InlineData("Bearer x")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=a&se=1")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&se=1")]
    [InlineData("SharedAccessSignature sr=a&sig=Jsm0lyGpjaVYVP2g3FnmnmG9dI%2F9qU24wNoykUmermc%3D&se=-1")]
    [InlineData("SharedAccessSignature sr=a&sig=Jsm0lyGpjaVYVP2g3FnmnmG9dI%2F9qU24wNoykUmermc%3D&se=soon")]
    public void What_lacks_a_field_is_no_token(string text) => Assert.False(SasToken.TryParse(text, out _));

    [Fact]
    public void A_token_that_ends_beyond_all_dates_ends_at_the_last_one() =>
        Assert.Equal(9999, Parse(Text("h", "999999999999999")).ExpiresAt.Year);

    [Fact]
    public void Text_too_long_for_a_token_is_not_looked_at() =>
        Assert.False(SasToken.TryParse(Text(new string('a', 5000), "1"), out _));

    private static SasToken Parse(string text)
    {
        Assert.True(SasToken.TryParse(text, out var token));
        return token;
    }

    private static string Text(string resource, string expiry)
    {
        var mac = HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(mac))}&se={expiry}";
    }
}
