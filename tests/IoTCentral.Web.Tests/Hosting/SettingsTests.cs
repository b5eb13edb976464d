using System.Collections;
using IoTCentral.Core.Installation;
using IoTCentral.Web.Hosting;

namespace IoTCentral.Web.Tests.Hosting;

public sealed class SettingsTests
{
    private static readonly string File = Path.Combine(Home.Folder, "appsettings.json");

    [Fact]
    public void The_settings_file_says_what_the_defaults_are()
    {
        var fromFile = Read();

        var expected = new InstallationOptions { DataFolder = Path.Combine(Home.Folder, ".data") };
        Assert.Equivalent(expected, fromFile, strict: true);
    }

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var environment = new Hashtable { ["Http__Port"] = "1111", ["Hub__MqttPort"] = "2222" };

        var options = Read(["--Http:Port=3333"], environment);

        Assert.Equal(3333, options.Http.Port);
        Assert.Equal(2222, options.Hub.MqttPort);
    }

    [Theory]
    [InlineData("--Limits:WrongKeysPerMinute=0", "--demo", "false")]
    [InlineData("--limits:wrongkeysperminute", "0", "--Demo=false")]
    public void Settings_can_be_written_with_or_without_an_equals_sign_and_in_any_case(params string[] arguments)
    {
        var options = Read(arguments);

        Assert.Equal(0, options.Limits.WrongKeysPerMinute);
        Assert.False(options.Demo);
    }

    [Fact]
    public void An_option_without_a_value_is_refused_instead_of_guessed()
    {
        var refusal = Assert.Throws<InstallationException>(() => Arguments.Parse(["app", "create", "--name"]));
        Assert.Equal("The option --name needs a value: --name=… .", refusal.Message);
        Assert.Throws<InstallationException>(() => Arguments.Parse(["token", "--app", "--role", "Administrator"]));
        Assert.Contains("help", Arguments.Parse(["--help"]).Options.Keys);
    }

    [Theory]
    [InlineData("--Logging:LogLevel:Default=Foo", "Logging:LogLevel:Default: 'Foo' is none of Trace, Debug")]
    [InlineData("--Logging:Format=xml", "Logging:Format: 'xml' is none of Text, Json.")]
    public void Logging_that_cannot_be_is_said_in_our_words(string argument, string words)
    {
        var refusal = Assert.Throws<InstallationException>(() => Read([argument]));

        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_are_separated_by_commas_or_given_one_by_one()
    {
        Assert.Equal(["a.example", "b.example"], Read(["--Hub:HostNames=a.example, b.example"]).Hub.HostNames);
        var environment = new Hashtable { ["Hub__HostNames__0"] = "a.example", ["Hub__HostNames__1"] = "b.example" };
        Assert.Equal(["a.example", "b.example"], Read([], environment).Hub.HostNames);
    }

    [Fact]
    public void An_empty_list_trusts_no_proxy()
    {
        Assert.Empty(Read(["--Http:TrustedProxies="]).Http.TrustedNetworks());
        Assert.Equal(["127.0.0.0/8", "::1/128"], Read().Http.TrustedNetworks().Select(n => n.ToString()));
    }

    [Fact]
    public void The_calls_of_the_api_can_be_limited() =>
        Assert.Equal(7, Read(["--Limits:ApiRequestsPerSecond=7"]).Limits.ApiRequestsPerSecond);

    [Fact]
    public void A_given_data_folder_is_relative_to_where_one_stands()
    {
        Assert.Equal(Path.GetFullPath("d"), Read(["--data", "d"]).DataFolder);
        Assert.Equal("/srv/iot", Read(["--data", "/srv/iot/"]).DataFolder);
    }

    [Fact]
    public void A_variable_meant_for_another_program_is_none_of_ours()
    {
        var environment = new Hashtable
        {
            ["DATA"] = "/elsewhere",
            ["DEMO"] = "yes",
            ["Foo__Bar"] = "x",
        };

        Assert.True(Read([], environment).Demo);
    }

    [Theory]
    [InlineData("--Http:Prt=1", "There is no setting or option '--Http:Prt'. appsettings.json lists them all.")]
    [InlineData("--port=1", "There is no setting or option '--port'. Did you mean --Http:Port or --Smtp:Port?")]
    [InlineData("--Http:Port=many", "Http:Port: 'many' is not a whole number.")]
    [InlineData("--demo=perhaps", "Demo: 'perhaps' is neither true nor false.")]
    [InlineData("--Smtp:Tls=ssl3", "Smtp:Tls: 'ssl3' is none of Auto, None, StartTls, Tls.")]
    [InlineData("--Http:Port=70000", "Http:Port: 70000 is no port; ports are 1 to 65535.")]
    [InlineData("--Hub:AmqpPort=many", "Hub:AmqpPort: 'many' is not a whole number.")]
    [InlineData("--Hub:AmqpPort=70000", "Hub:AmqpPort: 70000 is no port; ports are 1 to 65535, and 0 is none.")]
    [InlineData("--Hub:AmqpPort=-1", "Hub:AmqpPort: -1 is no port; ports are 1 to 65535, and 0 is none.")]
    [InlineData("--Hub:AmqpPort=8883", "Hub:AmqpPort: Hub:AmqpPort is another door's port as well; give each its own.")]
    [InlineData("--Hub:AmqpPort=443", "Hub:AmqpPort: Hub:AmqpPort is another door's port as well; give each its own.")]
    public void A_wrong_setting_is_answered_with_a_sentence(string argument, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<InstallationException>(() => Read([argument])).Message);

    [Fact]
    public void No_port_for_AMQP_is_no_door_for_it() => Assert.Null(Read(["--Hub:AmqpPort=0"]).Hub.AmqpPort);

    private static InstallationOptions Read(IReadOnlyList<string>? arguments = null, IDictionary? environment = null) =>
        SettingsReader.Read(
            SettingsSource.Read(File, Arguments.Parse(arguments ?? []).Options, environment ?? new Hashtable())
        );
}
