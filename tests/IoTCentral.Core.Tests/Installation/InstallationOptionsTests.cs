using IoTCentral.Core.Installation;

namespace IoTCentral.Core.Tests.Installation;

public sealed class InstallationOptionsTests
{
    private static readonly InstallationOptions Good = new() { DataFolder = "/data" };

    [Fact]
    public void The_defaults_have_no_fault() => Assert.Empty(Good.Faults());

    public static TheoryData<InstallationOptions, string> Bad =>
        new()
        {
            {
                Good with
                {
                    PublicUrl = "iot.example.com",
                },
                "PublicUrl: 'iot.example.com' is no address such as https://iot.example.com."
            },
            {
                Good with
                {
                    Http = new() { TrustedProxies = ["10.0.0.0/33"] },
                },
                "Http:TrustedProxies: '10.0.0.0/33' is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24."
            },
            { Good with { Http = new() { Port = 80800 } }, "Http:Port: 80800 is no port; ports are 1 to 65535." },
            {
                Good with
                {
                    Http = new() { Address = "me" },
                },
                "Http:Address: 'me' is neither localhost, an IP address, nor *."
            },
            {
                Good with
                {
                    Hub = new() { Addresses = ["hub.example.com"] },
                },
                "Hub:Address: 'hub.example.com' is neither an IP address nor *."
            },
            { Good with { Hub = new() { HostNames = ["no name"] } }, "Hub:HostNames: 'no name' is no host name." },
            {
                Good with
                {
                    Hub = new() { CertificateFile = "/gone", KeyFile = "/proc/version" },
                },
                "Hub:CertificateFile: There is no file /gone."
            },
            {
                Good with
                {
                    Smtp = new() { Host = "mail" },
                },
                "Smtp:From: Mail needs a sender; give one such as iot@example.com."
            },
            {
                Good with
                {
                    Smtp = new() { Host = "mail", From = "me" },
                },
                "Smtp:From: 'me' is no mail address."
            },
            {
                Good with
                {
                    Limits = new() { WrongKeysPerMinute = -1 },
                },
                "Limits:WrongKeysPerMinute: -1 is less than nothing; 0 means no limit."
            },
            {
                Good with
                {
                    Storage = new() { MessageLogDays = 0 },
                },
                "Storage:MessageLogDays: 0 is not between 1 and 3650 days."
            },
            {
                Good with
                {
                    Storage = new() { RollupDays = -1 },
                },
                "Storage:RollupDays: -1 is not between 0 (for ever) and 36500 days."
            },
            {
                Good with
                {
                    Security = new() { MasterKey = "short" },
                },
                "Security:MasterKey: It is not 32 bytes in base64, as 'openssl rand -base64 32' makes them."
            },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_wrong_setting_is_named_with_what_to_do(InstallationOptions options, string sentence) =>
        Assert.Equal(sentence, Assert.Single(options.Faults()).ToString());

    [Fact]
    public void A_certificate_without_its_key_is_refused()
    {
        var options = Good with { Hub = new() { CertificateFile = "/proc/version" } };

        Assert.Contains("belong together", Assert.Single(options.Faults()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "http://localhost:8080")]
    [InlineData("*", "http://localhost:8080")]
    [InlineData("::1", "http://[::1]:8080")]
    [InlineData("10.0.0.5", "http://10.0.0.5:8080")]
    public void Links_lead_to_where_the_pages_listen_unless_a_public_address_is_given(string address, string url)
    {
        var options = Good with { Http = new() { Address = address } };

        Assert.Equal(url, options.BaseUrl);
        Assert.Equal("https://iot.example.com", (options with { PublicUrl = "https://iot.example.com/" }).BaseUrl);
    }

    [Fact]
    public void Devices_are_told_the_first_host_name_or_else_the_address()
    {
        Assert.Equal("127.0.0.1", new HubOptions().PublicHost);
        Assert.Equal("hub.example.com", new HubOptions { HostNames = ["hub.example.com", "b"] }.PublicHost);
        Assert.DoesNotContain(new HubOptions { Addresses = ["*"] }.PublicHost, (string[])["*", "0.0.0.0"]);
    }

    [Fact]
    public void Printed_options_hold_no_secret()
    {
        var options = Good with
        {
            Postgres = new() { ConnectionString = "Password=hush1", AppPassword = "hush2" },
            Smtp = new() { User = "u", Password = "hush3" },
            Security = new() { MasterKey = "hush4" },
        };

        Assert.DoesNotContain("hush", options.ToString(), StringComparison.Ordinal);
    }
}
