// Generated from the OpenAPI document by `npm run generate`; changes made here are lost.

export interface paths {
    "/api/access/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people sign in through the plant’s OpenID provider. */
        get: operations["oidcSettings"];
        /** Change it; the provider is asked before it is saved switched on. */
        put: operations["putOidcSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own account. */
        get: operations["account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add the passkey that the browser made. */
        post: operations["addPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/passkeys/{passkey}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove one of the own passkeys. */
        delete: operations["deletePasskey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/passkeys/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to add a passkey: the options of navigator.credentials.create. */
        post: operations["beginPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/recovery-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** New recovery codes; the old ones no longer work. */
        post: operations["renewRecoveryCodes"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own sessions. */
        get: operations["ownSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of the own sessions. */
        delete: operations["endOwnSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The own API tokens. */
        get: operations["ownTokens"];
        put?: never;
        /** Make an API token; it is shown this once. */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw one of the own tokens. */
        delete: operations["deleteOwnToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to set up codes of an authenticator app (RFC 6238); in force once confirmed. */
        post: operations["beginTotp"];
        /** Do without the codes of an authenticator app. */
        delete: operations["removeTotp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/account/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the codes in force by giving one; the recovery codes are shown this once. */
        post: operations["confirmTotp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ways by which alarms leave the platform, and how each is. */
        get: operations["alarmChannels"];
        put?: never;
        /** Add a webhook or e-mail addresses. */
        post: operations["createAlarmChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-channels/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change it. A secret given back as ••• stays. */
        put: operations["putAlarmChannel"];
        post?: never;
        /** Remove it, with what waits to be sent. */
        delete: operations["deleteAlarmChannel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-channels/{channel}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a test message now. */
        post: operations["testAlarmChannel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How well the alarms serve their operators, after EEMUA 191 and ISA-18.2. */
        get: operations["alarmMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarm rules, and where they cannot be judged. */
        get: operations["alarmRules"];
        put?: never;
        /** Add a rule; its condition is checked against the things it names. */
        post: operations["createAlarmRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/{rule}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One rule. */
        get: operations["alarmRule"];
        /** Add or change a rule. */
        put: operations["putAlarmRule"];
        post?: never;
        /** Remove a rule. Its open alarms return; its history stays. */
        delete: operations["deleteAlarmRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/{rule}/in-service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Return a rule to service. */
        post: operations["returnToService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/{rule}/out-of-service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a rule out of service, at all its things or at one, with a reason. */
        post: operations["takeOutOfService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a rule as it is being written; saves nothing. */
        post: operations["checkAlarmRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarm-rules/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** How often a rule would have fired in a range, and when; saves nothing. */
        post: operations["tryAlarmRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarms: the open ones by urgency and time, or history, newest first. */
        get: operations["alarms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alarm with all that happened to it. */
        get: operations["alarm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/{alarm}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write something to an alarm. */
        post: operations["commentAlarm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Acknowledge alarms. */
        post: operations["acknowledgeAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alarms of a range as CSV. */
        get: operations["exportAlarms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events: each `data:` is an AlarmUpdate. Starts with all open alarms. */
        get: operations["alarmsLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reset latched alarms. */
        post: operations["resetAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/shelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put alarms aside for a time, with a reason. */
        post: operations["shelveAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alarms/unshelve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take alarms off the shelf. */
        post: operations["unshelveAlarms"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Applications the caller may see, and how they are. */
        get: operations["apps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One application. */
        get: operations["app"];
        /** Switch an application on or off, or change its settings; needs `configure` in it. */
        put: operations["putApp"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs of an application, newest first. */
        get: operations["appJobs"];
        put?: never;
        /** Start a job; needs `operate` in the application. */
        post: operations["startAppJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job, its progress and its result. */
        get: operations["appJob"];
        put?: never;
        post?: never;
        /** Cancel a job that runs. */
        delete: operations["cancelAppJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/rounds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What it decided and why, newest first. */
        get: operations["appRounds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/apps/{app}/rounds/{round}/case": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A round as a case that can be replayed: situation, settings, time and what was decided. */
        get: operations["appCase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search the audit trail, newest first; records of places where the caller may audit. */
        get: operations["audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole trail as JSON lines with its signed head, for tools/audit/verify-audit.js. */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest record’s number and hash, signed: kept elsewhere, it shows later that nothing was taken away. */
        get: operations["auditHead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Walk the whole chain now. */
        post: operations["verifyAudit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Backups made. */
        get: operations["backups"];
        put?: never;
        /** Back up samples and records while running. */
        post: operations["createBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Commands, the latest first, of things the caller may see. */
        get: operations["commands"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One command. */
        get: operations["command"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command}/refuse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Call off a command that has not been sent: whoever asked for it, or who could release it. */
        post: operations["refuseCommand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/{command}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Be the second person: let a command go that its model wants two people for. */
        post: operations["releaseCommand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Commands, leases and groups as they change: server-sent events, each a CommandUpdate. */
        get: operations["commandsLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Connections, their state and why. */
        get: operations["connections"];
        put?: never;
        /** Add a connection and open it. */
        post: operations["createConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One connection. */
        get: operations["connection"];
        /** Change a connection and reopen it. */
        put: operations["putConnection"];
        post?: never;
        /** Remove a connection. Its things and their history stay. */
        delete: operations["deleteConnection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connections/{id}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close and open again. */
        post: operations["restartConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/counters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of all that came in: in total and by connection. */
        get: operations["counters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Dashboards of the places the caller may see. */
        get: operations["dashboards"];
        put?: never;
        /** Make a dashboard; needs `configure` at its place. */
        post: operations["createDashboard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dashboard. */
        get: operations["dashboard"];
        /** Save a dashboard, by its owner or with `configure` at its place. `version` is the one that was changed; 409 where somebody saved since. */
        put: operations["putDashboard"];
        post?: never;
        /** Remove a dashboard with its links and pictures; by its owner or with `configure` at its place. */
        delete: operations["deleteDashboard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Links that show a dashboard without signing in; for those who may change it. */
        get: operations["dashboardLinks"];
        put?: never;
        /** Make a link; its token is shown this once. It shows what its maker may see at the time of reading, and nothing else. */
        post: operations["createDashboardLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/links/{link}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw a link; it shows nothing from then on. */
        delete: operations["deleteDashboardLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/pictures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Upload a plan picture: PNG, JPEG or WebP. One that no tile shows is removed after a day. */
        post: operations["createDashboardPicture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dashboards/{dashboard}/pictures/{picture}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A plan picture. */
        get: operations["dashboardPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-authorities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Authorities whose client certificates terminals may show. */
        get: operations["deviceAuthorities"];
        put?: never;
        /** Trust an authority: certificates it signed can be registered for things. */
        post: operations["createDeviceAuthority"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/device-authorities/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Trust an authority no more: the certificates it signed are revoked with it. */
        delete: operations["deleteDeviceAuthority"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every sample of a range as CSV or Parquet; `property` is `<thing id>/<name>` percent-encoded, or a thing id for all of it. */
        get: operations["exportSamples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Grafana JSON data source: the test of the connection. */
        get: operations["grafana"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same, as the plugin writes it. */
        get: operations["grafanaRoot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/metric-payload-options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: things, or properties of a thing, to choose from. */
        post: operations["grafanaOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: what can be asked for. */
        post: operations["grafanaMetrics"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: series, tables and annotations of a stretch of time. */
        post: operations["grafanaQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Plain rows for Grafana’s Infinity data source and other programs; `series` is `<thing id>/<property>`, repeated for several. */
        get: operations["grafanaRows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/tag-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: what ad hoc filters may name. */
        post: operations["grafanaTagKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/tag-values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: values of what an ad hoc filter names. */
        post: operations["grafanaTagValues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/grafana/variable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grafana JSON data source: values of a variable: "things", "places", "types", "properties". */
        post: operations["grafanaVariable"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 200 only when HTTP, MQTT and both stores accept work; else 503 with what is missing. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/leases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leases held now. */
        get: operations["leases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events: each `data:` is a LiveUpdate. Starts with the latest values of the things named. */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance-windows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Times in which the alarms of a place are out of service. */
        get: operations["maintenanceWindows"];
        put?: never;
        /** Announce maintenance. */
        post: operations["createMaintenanceWindow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/maintenance-windows/{window}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End or call off maintenance. */
        delete: operations["deleteMaintenanceWindow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Actions proposed, done and taken back, newest first. */
        get: operations["networkActions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/actions/{action}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do what is proposed. */
        post: operations["approveNetworkAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/actions/{action}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do not do it; it is not proposed again before the cool-down has passed. */
        post: operations["rejectNetworkAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/actions/{action}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take it back: what was before is asked for again. */
        post: operations["undoNetworkAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/addresses/{address}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which terminal had an address when. */
        get: operations["networkAddresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/applications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Applications × network: what each flow needs, has, has had since, or has lost and why. */
        get: operations["networkApplications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/bindings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Bindings: which flow of which terminal has which quality: requested, accepted, effective. */
        get: operations["networkBindings"];
        put?: never;
        /** Ask for a quality of service for a flow of a terminal; its id is made from both. */
        post: operations["createNetworkBinding"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/bindings/{binding}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One binding. */
        get: operations["networkBinding"];
        /** Add or change a binding. */
        put: operations["putNetworkBinding"];
        post?: never;
        /** Release a binding. */
        delete: operations["deleteNetworkBinding"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Coverage and quality of the plant, from the tracks of what moves in it. */
        get: operations["networkCoverage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rounds in which something was decided, newest first. */
        get: operations["networkDecisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/decisions/{decision}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One round with all it was decided from; decided anew now, it gives the same. */
        get: operations["networkDecision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/demand": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What all flows need, by area and hour, against what there is. */
        get: operations["networkDemand"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/derive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Slice profile and quality of service that a service level asks for, or why there is none. */
        post: operations["deriveNetworkQos"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What would be sent, without sending it; and what is wrong with it, at the field. */
        post: operations["dryRunNetwork"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/five-qis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Standardised 5QIs (3GPP TS 23.501, Table 5.7.4-1) with the DSCP they are marked with. */
        get: operations["networkFiveQis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Flows as they are in force: those of applications, and the plant’s own. */
        get: operations["networkFlows"];
        put?: never;
        /** A flow of the plant’s own. */
        post: operations["createNetworkFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/flows/{flow}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One flow. */
        get: operations["networkFlow"];
        /** Change a flow; of an application’s this adapts level, priority and whom it concerns to the plant. */
        put: operations["putNetworkFlow"];
        post?: never;
        /** Remove a flow of the plant’s own; of an application’s this takes the plant’s changes back. */
        delete: operations["deleteNetworkFlow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/flows/{flow}/verdicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A flow at each of its terminals, the worst first. */
        get: operations["networkFlowVerdicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** LAN groups: who may talk to whom; requested, accepted, effective. */
        get: operations["networkGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/groups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Add or change a group. */
        put: operations["putNetworkGroup"];
        post?: never;
        /** Release a group. */
        delete: operations["deleteNetworkGroup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Times in which levels were not met, the latest first. */
        get: operations["networkIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/incidents/{incident}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One incident: criteria, cause, what was done. */
        get: operations["networkIncident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Verdicts and incidents as they change: server-sent events, each a NetworkUpdate. */
        get: operations["networkLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/loop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the platform may do when a level is not met, and what it is doing. */
        get: operations["networkLoop"];
        /** Change what it may do by itself. */
        put: operations["putNetworkLoop"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/measuring": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is measured here and how well: capabilities, reflector, budget, noise floor, clock. */
        get: operations["networkMeasuring"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/measuring/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the platform measures: whom its reflector answers, how much it may probe, names of keys. */
        get: operations["networkMeasuringSettings"];
        /** Change how the platform measures; in force at once. */
        put: operations["putNetworkMeasuringSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/notifications/{provider}/{secret}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a network tells by itself; the address is given to it by the platform and cannot be guessed. */
        post: operations["networkNotification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The network in figures, as far as the caller may see it. */
        get: operations["networkOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/provider-kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Kinds of providers: what each can do and cannot, and its settings. */
        get: operations["networkProviderKinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Configured providers and how each is. */
        get: operations["networkProviders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/providers/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One provider. */
        get: operations["networkProvider"];
        /** Add or change a provider and open it anew. */
        put: operations["putNetworkProvider"];
        post?: never;
        /** Remove a provider. While anything is in force there it is refused, unless what is there is to be forgotten. */
        delete: operations["deleteNetworkProvider"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/providers/{provider}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Close and open again; what was refused is asked again. */
        post: operations["restartNetworkProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Service levels of a month, by flow. */
        get: operations["networkReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/report.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Service levels of a month, by flow and terminal, as CSV. */
        get: operations["exportNetworkReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask again now what was refused or lost. */
        post: operations["retryNetworkRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/sims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** SIM cards. One that serves no thing is seen by who may see the whole plant. */
        get: operations["networkSims"];
        put?: never;
        /** Register a SIM card. */
        post: operations["createNetworkSim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/sims.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** SIM cards as CSV, in the form the import reads. */
        get: operations["exportNetworkSims"];
        put?: never;
        /** SIM cards from CSV: first what would change, line by line, then all of it or nothing. */
        post: operations["importNetworkSims"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/sims/{iccid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One SIM card, and what has become of it. */
        get: operations["networkSim"];
        /** Change a SIM card. */
        put: operations["putNetworkSim"];
        post?: never;
        /** Remove a SIM card that is in stock or retired. */
        delete: operations["deleteNetworkSim"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/slices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Slices: requested, accepted, effective. */
        get: operations["networkSlices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/slices/{slice}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Add or change a slice; it is asked of its provider, where one is named. */
        put: operations["putNetworkSlice"];
        post?: never;
        /** Release a slice. Refused while a binding uses it. */
        delete: operations["deleteNetworkSlice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminal-sender": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sender for terminals behind NAT: one file for Node.js 18 or later, without dependencies. */
        get: operations["networkTerminalSender"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Terminals, with how they are. */
        get: operations["networkTerminals"];
        put?: never;
        /** Register a terminal. */
        post: operations["createNetworkTerminal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Terminals as CSV, in the form the import reads. */
        get: operations["exportNetworkTerminals"];
        put?: never;
        /** Terminals from CSV: first what would change, line by line, then all of it or nothing. */
        post: operations["importNetworkTerminals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals/{terminal}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One terminal: what it is, what it needs, what was judged of it. */
        get: operations["networkTerminal"];
        /** Register or change a terminal. */
        put: operations["putNetworkTerminal"];
        post?: never;
        /** Remove a terminal; one that the platform finds again comes back as it is found. */
        delete: operations["deleteNetworkTerminal"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals/{terminal}/flows/{flow}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was measured and judged of a flow at a terminal: minutes of the last day, else hours. */
        get: operations["networkTerminalHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals/{terminal}/life": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its radio life: states of the radio, sessions, addresses it has had. */
        get: operations["networkTerminalLife"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals/{terminal}/mtu": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Finds the greatest packet that fits on the path to the terminal’s reflector; takes some seconds. */
        post: operations["findNetworkTerminalMtu"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals/{terminal}/path": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its path as hops, each with what is measured there. */
        get: operations["networkTerminalPath"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals/{terminal}/probe-report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the sender on a terminal measured (behind NAT); with the device credentials of a thing of this terminal. */
        post: operations["networkProbeReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/terminals/{terminal}/transport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the kernel knows of the platform’s connections with a terminal; jitter after RFC 3550. */
        get: operations["networkTerminalTransport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/test-provider": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try settings without saving them: each step and what it found. */
        post: operations["testNetworkProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/zones": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Edge zones. */
        get: operations["networkZones"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/network/zones/{zone}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Register or change an edge zone. */
        put: operations["putNetworkZone"];
        post?: never;
        /** Remove an edge zone in which there is no terminal. */
        delete: operations["deleteNetworkZone"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notification-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Mail server, hosts webhooks may reach, operators. */
        get: operations["notificationSettings"];
        /** Change them. A password given back as ••• stays. */
        put: operations["putNotificationSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People who may sign in, and what they hold. */
        get: operations["people"];
        put?: never;
        /** Add a person. Without a password one is made up, shown this once and to be changed. */
        post: operations["createPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change what a person is called and holds, or whether they may sign in. It holds at once. */
        put: operations["putPerson"];
        post?: never;
        /** Remove a person with their sessions and tokens. What they did stays in the audit trail. */
        delete: operations["deletePerson"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}/lock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Let a person try again at once after too many wrong passwords. */
        delete: operations["unlockPerson"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a person a new password, to be changed at the next sign-in; their sessions end. */
        post: operations["resetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/people/{name}/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take away a person’s second factors: they lost them. */
        delete: operations["resetSecondFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/plant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ISA-95 tree with counts of live states. */
        get: operations["plant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Things that terminals announced and nobody has accepted yet. */
        get: operations["proposals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proposals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Dismiss a proposal. */
        delete: operations["deleteProposal"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/proposals/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register the proposed thing. */
        post: operations["acceptProposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/protocols": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Protocols and their settings. */
        get: operations["protocols"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/protocols/{protocol}/browse": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What is there below a node. */
        post: operations["browse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/protocols/{protocol}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try settings against the real address; saves nothing. */
        post: operations["testConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/push-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public key for web push; absent where the platform is not reached over HTTPS. */
        get: operations["pushKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/push-subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell this browser of alarms. */
        post: operations["subscribePush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/push-subscriptions/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tell this browser no more. */
        post: operations["unsubscribePush"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Rejected data with the reason, newest first. */
        get: operations["quarantine"];
        put?: never;
        post?: never;
        /** Empty the quarantine. */
        delete: operations["clearQuarantine"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["session"];
        put?: never;
        /** Sign in; sets the session cookie. */
        post: operations["signIn"];
        /** End this session. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prove again who one is, as dangerous administration asks for half an hour after signing in. */
        post: operations["confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Go to the OpenID provider. */
        get: operations["oidcStart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the OpenID provider sends people back to. */
        get: operations["oidcCallback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a passkey; sets the session cookie. */
        post: operations["passkeySignIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/passkey/challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in with a passkey: the options of navigator.credentials.get. */
        post: operations["passkeyChallenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the own password. */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session/ways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How one can sign in here. */
        get: operations["signInWays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions of everybody, newest first. */
        get: operations["sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session; its live streams end with it. */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-point-groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Set-point groups, the latest first. */
        get: operations["setPointGroups"];
        put?: never;
        /** Write several properties in order; on failure those written are restored in reverse. */
        post: operations["applySetPointGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-point-groups/{group}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One set-point group. */
        get: operations["setPointGroup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/set-point-groups/{group}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put back what a group had changed, in reverse order. */
        post: operations["undoSetPointGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Settings of the platform. */
        get: operations["settings"];
        /** Change settings of the platform. */
        put: operations["putSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The dashboard of a link. The token is what opens it. */
        get: operations["sharedDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}/pictures/{picture}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A plan picture of the dashboard of a link. */
        get: operations["sharedPicture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** History of a property that a chart of the dashboard shows. */
        get: operations["sharedSamples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shared/{token}/values": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Latest values and states that the dashboard of a link shows. */
        get: operations["sharedValues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sql": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask in SQL (ClickHouse), read only, over `samples`, `minutes`, `hours` and `things`; only what the caller may see is in them. */
        post: operations["sql"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sql/tables": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What may be asked: tables and columns. */
        get: operations["sqlTables"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/thing-models/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a Thing Description from a Thing Model and the values of its placeholders; it is returned, not saved. */
        post: operations["createThingModelInstance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/thing-states": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Live state of the things under a place. */
        get: operations["thingStates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Thing Descriptions, by id; filter by place, type or text. */
        get: operations["things"];
        put?: never;
        /** Register a thing by its Thing Description; one without an id is given one. */
        post: operations["createThing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One Thing Description. */
        get: operations["thing"];
        /** Create or replace a Thing Description. History stays with properties that keep their name. */
        put: operations["putThing"];
        post?: never;
        /** Remove a thing, its credentials and its history. */
        delete: operations["deleteThing"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/actions/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Invoke an action of a thing; answers with what the thing answered. 202: it is under way, follow its command. */
        post: operations["invokeAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A thing's client certificates for MQTT over TLS, those that are over too. */
        get: operations["certificates"];
        put?: never;
        /** Issue a client certificate for a thing, with a key made for it (shown this once) or for a request; or register one it has. */
        post: operations["createCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/certificates/{fingerprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a client certificate; sessions that use it end at once. */
        delete: operations["revokeCertificate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/control": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What of a thing can be commanded: limits, interlocks as they stand, lease, where its safety runs. */
        get: operations["thingControl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/counters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What became of what a thing sent. */
        get: operations["thingCounters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/credentials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A thing's credentials. */
        get: operations["credentials"];
        put?: never;
        /** New credentials for a thing; the password is shown this once. */
        post: operations["createCredentials"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/credentials/{username}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw credentials; sessions that use them end at once. */
        delete: operations["deleteCredentials"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Events of a thing, newest first. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/events/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Push an event: any JSON, or {"time": …, "data": …}. */
        post: operations["pushEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Sign of life of the holder (dead-man heartbeat). */
        put: operations["renewLease"];
        /** Take the lease of a thing. Taking one’s own again gives a new token and fences the old one out. */
        post: operations["takeLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Accept a lease that was offered; the giver’s token is fenced out. */
        post: operations["acceptLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/break-glass": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a lease from its holder by force, with a reason; the declared safe action runs first. */
        post: operations["breakGlass"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/offer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Offer a lease to another user; without `to` the offer is withdrawn. */
        post: operations["offerLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/lease/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a lease back in good order; no safe action runs. */
        post: operations["releaseLease"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/properties": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Latest value, time and quality of each property, by name. */
        get: operations["properties"];
        put?: never;
        /** Push values; answered after they are stored. */
        post: operations["push"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/properties/{name}/samples": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** History. A range that holds no more than `points` comes raw, else as the extremes of equal spans. */
        get: operations["samples"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/things/{id}/properties/{name}/set": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write a property. 200: the state is final; 202: it is under way, follow it. */
        post: operations["writeProperty"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** API tokens of everybody. */
        get: operations["tokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraw a token. */
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Webhooks at places where the caller may configure. */
        get: operations["webhooks"];
        put?: never;
        /** Send samples, events or alarms to an address; a secret that was made up is shown this once. */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change a webhook. */
        put: operations["putWebhook"];
        post?: never;
        /** Remove a webhook and what waits to be sent. */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/{webhook}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a message without data now, and tell what became of it. */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus text format. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** Account */
        Account: {
            grants: components["schemas"]["Grant"][];
            passkeys: components["schemas"]["PasskeyInfo"][];
            /** @description Passkeys need HTTPS and a host name. */
            passkeysPossible: boolean;
            /** @description Recovery codes left. */
            recoveryCodes: number;
            source: "local" | "oidc";
            title: string;
            totp: boolean;
            user: string;
        };
        /** Alarm */
        Alarm: {
            acknowledged?: {
                by: string;
                /** Format: date-time */
                time: string;
            };
            /** @description The condition holds. */
            active: boolean;
            /** @description What the condition read when it was raised. */
            cause: {
                property: string;
                thing: string;
                unit?: string;
                value: unknown;
            }[];
            /** Format: date-time */
            changed: string;
            comments: number;
            condition: string;
            consequence?: string;
            /** @description Id of the alarm that began the group this one came in. */
            group: string;
            held?: {
                by: string;
                reason: string;
                /** Format: date-time */
                since: string;
                /** Format: date-time */
                until?: string;
            };
            id: string;
            place: string;
            /**
             * @description urgent, high, medium or low.
             * @enum {string}
             */
            priority: "urgent" | "high" | "medium" | "low";
            /**
             * Format: date-time
             * @description When the platform raised it.
             */
            raised: string;
            response?: string;
            /** Format: date-time */
            returned?: string;
            rule: string;
            /** @enum {string} */
            state: "unacknowledged" | "acknowledged" | "returned" | "latched" | "shelved" | "suppressed" | "out-of-service" | "normal";
            thing: string;
            thingTitle: string;
            thingTitles?: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description Time of the sample that raised it.
             */
            time: string;
            title: string;
            titles?: {
                [key: string]: string;
            };
            translations?: {
                [key: string]: unknown;
            };
            unjudged?: {
                because: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                since: string;
            };
        };
        /** AlarmChannel */
        AlarmChannel: {
            enabled?: boolean;
            failed: number;
            id: string;
            /** @enum {string} */
            kind: "webhook" | "email";
            /** @enum {string} */
            language?: "en" | "zh";
            /** Format: date-time */
            lastSent?: string;
            place?: string;
            priorities?: ("urgent" | "high" | "medium" | "low")[];
            problem?: {
                detail: string;
                /** Format: date-time */
                time: string;
            };
            /** @description Whom it reaches; none: everybody. */
            roles?: string[];
            /** @description Webhook: signs what is sent (HMAC-SHA256). Shown as •••. */
            secret?: string;
            sent: number;
            title: string;
            /** @description E-mail: whom to. */
            to?: string[];
            /** @description Webhook: where to. */
            url?: string;
            waiting: number;
        };
        /** AlarmChannelInput */
        AlarmChannelInput: {
            enabled?: boolean;
            /** @enum {string} */
            kind: "webhook" | "email";
            /** @enum {string} */
            language?: "en" | "zh";
            place?: string;
            priorities?: ("urgent" | "high" | "medium" | "low")[];
            /** @description Whom it reaches; none: everybody. */
            roles?: string[];
            /** @description Webhook: signs what is sent (HMAC-SHA256). Shown as •••. */
            secret?: string;
            title: string;
            /** @description E-mail: whom to. */
            to?: string[];
            /** @description Webhook: where to. */
            url?: string;
        };
        /** AlarmEntry */
        AlarmEntry: {
            by: string;
            text: string;
            /** Format: date-time */
            time: string;
            what: string;
        };
        /** AlarmMetrics */
        AlarmMetrics: {
            averagePerTenMinutes: number;
            chattering: {
                count: number;
                rule: string;
                thing: string;
                thingTitle: string;
                thingTitles?: {
                    [key: string]: string;
                };
                title: string;
                titles?: {
                    [key: string]: string;
                };
                worstInTenMinutes: number;
            }[];
            /** @description Part of the time in which more than ten came in ten minutes. */
            floodPercent: number;
            floods: {
                count: number;
                first?: components["schemas"]["Alarm"];
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                to: string;
            }[];
            /** Format: date-time */
            from: string;
            operators: number;
            outOfService: number;
            peakPerTenMinutes: number;
            priorities: {
                [key: string]: number;
            };
            /** @description Alarms in each span. */
            rate: {
                count: number;
                /** Format: date-time */
                time: string;
            }[];
            rateSpanSeconds: number;
            /** @description Median. */
            secondsToAcknowledge?: number;
            shelved: number;
            standing: components["schemas"]["Alarm"][];
            standingCount: number;
            suppressed: number;
            /** Format: date-time */
            to: string;
            top: {
                count: number;
                percent: number;
                rule: string;
                thing: string;
                thingTitle: string;
                thingTitles?: {
                    [key: string]: string;
                };
                title: string;
                titles?: {
                    [key: string]: string;
                };
            }[];
            total: number;
            unjudged: number;
        };
        /** AlarmRule */
        AlarmRule: {
            /** @description Short names of other things: name → thing id. */
            aliases?: {
                [key: string]: string;
            };
            /** @description CEL: `temperature > 80`. */
            condition: string;
            consequence?: string;
            /** @description How far a value must come back behind the limit it compares with. */
            deadband?: number;
            enabled?: boolean;
            /** @description Who is told, if nobody has acknowledged by then. */
            escalation?: {
                afterSeconds: number;
                role: string;
            }[];
            id: string;
            latched?: boolean;
            /** Format: date-time */
            modified: string;
            modifiedBy: string;
            notifyRoles?: string[];
            offDelaySeconds?: number;
            onDelaySeconds?: number;
            /** @description Alarms of it that are not normal now. */
            open: number;
            outOfService?: {
                by: string;
                reason: string;
                /** Format: date-time */
                since: string;
            };
            /**
             * @description urgent, high, medium or low.
             * @enum {string}
             */
            priority: "urgent" | "high" | "medium" | "low";
            rearmSeconds?: number;
            /** @description Tell again, as long as nobody has acknowledged. */
            repeatSeconds?: number;
            response?: string;
            /** @description CEL: while it holds, the alarm is suppressed by design. */
            suppressedWhen?: string;
            target: {
                /** @constant */
                kind: "thing";
                thing: string;
            } | {
                /** @constant */
                kind: "type";
                /** @description Only at this place and below it. */
                place?: string;
                /** @description A `@type` of the things meant. */
                type: string;
            } | {
                /** @constant */
                kind: "place";
                place: string;
            };
            /** @description Things it watches now. */
            things: number;
            title: string;
            /** @description The texts in other languages, by language. */
            translations?: {
                [key: string]: {
                    consequence?: string;
                    response?: string;
                    title?: string;
                };
            };
            /** @description Where its condition cannot be judged now, at most 20. */
            unjudged: {
                because: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                since?: string;
                thing: string;
                title: string;
            }[];
            unjudgedCount: number;
        };
        /** AlarmRuleInput */
        AlarmRuleInput: {
            /** @description Short names of other things: name → thing id. */
            aliases?: {
                [key: string]: string;
            };
            /** @description CEL: `temperature > 80`. */
            condition: string;
            consequence?: string;
            /** @description How far a value must come back behind the limit it compares with. */
            deadband?: number;
            enabled?: boolean;
            /** @description Who is told, if nobody has acknowledged by then. */
            escalation?: {
                afterSeconds: number;
                role: string;
            }[];
            id?: string;
            latched?: boolean;
            notifyRoles?: string[];
            offDelaySeconds?: number;
            onDelaySeconds?: number;
            /**
             * @description urgent, high, medium or low.
             * @enum {string}
             */
            priority: "urgent" | "high" | "medium" | "low";
            rearmSeconds?: number;
            /** @description Tell again, as long as nobody has acknowledged. */
            repeatSeconds?: number;
            response?: string;
            /** @description CEL: while it holds, the alarm is suppressed by design. */
            suppressedWhen?: string;
            target: {
                /** @constant */
                kind: "thing";
                thing: string;
            } | {
                /** @constant */
                kind: "type";
                /** @description Only at this place and below it. */
                place?: string;
                /** @description A `@type` of the things meant. */
                type: string;
            } | {
                /** @constant */
                kind: "place";
                place: string;
            };
            title: string;
            /** @description The texts in other languages, by language. */
            translations?: {
                [key: string]: {
                    consequence?: string;
                    response?: string;
                    title?: string;
                };
            };
        };
        /** AlarmUpdate */
        AlarmUpdate: {
            alarms: components["schemas"]["Alarm"][];
            /** @description Open alarms whose condition holds, by priority. */
            counts?: {
                [key: string]: number;
            };
        };
        /** App */
        App: {
            enabled: boolean;
            everySeconds: number;
            failures: number;
            /** @description Declaration of its settings. */
            fields: {
                [key: string]: unknown;
            };
            id: string;
            jobs: {
                [key: string]: {
                    summary: {
                        en: string;
                        zh: string;
                    };
                    title: {
                        en: string;
                        zh: string;
                    };
                };
            };
            /** Format: date-time */
            lastRound?: string;
            lastRoundMilliseconds?: number;
            needs: components["schemas"]["AppNeed"];
            /** @description The service level it asks of the network. */
            network?: unknown;
            pages: {
                path: string;
                title: {
                    en: string;
                    zh: string;
                };
            }[];
            /** @description Why it is failing. */
            problem?: string;
            roles: string[];
            rounds: number;
            scenario: number;
            settings: {
                [key: string]: string | number | boolean;
            };
            /** @description `waiting`: switched on, its first round is to come. `failing`: its last round failed. */
            state: "off" | "waiting" | "running" | "failing";
            summary: {
                en: string;
                zh: string;
            };
            title: {
                en: string;
                zh: string;
            };
        };
        /** AppJob */
        AppJob: {
            by: string;
            /** Format: date-time */
            ended?: string;
            error?: string;
            id: string;
            job: string;
            progress: number;
            result?: unknown;
            /** Format: date-time */
            started: string;
            state: "running" | "done" | "failed" | "cancelled" | "interrupted";
            /** @description What it does now, or did last. */
            step: string;
        };
        /** ApplicationFlow */
        ApplicationFlow: {
            adapted: boolean;
            app?: string;
            appTitle?: {
                en: string;
                zh: string;
            };
            blame?: components["schemas"]["Blame"];
            enabled: boolean;
            figures: components["schemas"]["NeedFigure"][];
            flow: string;
            openIncidents: number;
            priority: number;
            reason?: {
                en: string;
                zh: string;
            };
            /** Format: date-time */
            since?: string;
            /** @enum {string} */
            state?: "met" | "violated" | "inconclusive" | "not-measurable";
            terminals: components["schemas"]["VerdictCounts"];
            title: {
                en: string;
                zh: string;
            };
            whenLost?: {
                en: string;
                zh: string;
            };
            worst?: components["schemas"]["VerdictLine"];
        };
        /** AppNeed */
        AppNeed: {
            /** @description Things of each type that are there. */
            found: {
                [key: string]: number;
            };
            /** @description `@type`s it reads or acts on. */
            types: string[];
        };
        /** AppRound */
        AppRound: {
            assessment: unknown;
            decision: unknown;
            error?: string;
            id: number;
            milliseconds: number;
            summary: {
                en: string;
                zh: string;
            };
            /** Format: date-time */
            time: string;
        };
        /** Arp */
        Arp: {
            mayPreempt: boolean;
            preemptable: boolean;
            /** @description 1 is kept longest. */
            priorityLevel: number;
        };
        /** AuditHead */
        AuditHead: {
            hash: string;
            /** @description Ed25519 public key, SubjectPublicKeyInfo in base64. */
            key: string;
            number: number;
            signature: string;
            /** Format: date-time */
            time: string;
        };
        /** AuditRecord */
        AuditRecord: {
            action: string;
            actor: {
                for?: string;
                id: string;
                kind: string;
            };
            detail: {
                [key: string]: unknown;
            };
            hash: string;
            number: number;
            object: string;
            outcome: string;
            place: string;
            previous: string;
            /** Format: date-time */
            time: string;
        };
        /** BindingInput */
        BindingInput: {
            durationSeconds?: number;
            filters: components["schemas"]["FlowFilter"][];
            flow: string;
            provider: string;
            qos: components["schemas"]["Qos"];
            slice?: string;
            terminal: string;
        };
        /** Blame */
        Blame: {
            cause: {
                en: string;
                zh: string;
            };
            confidence: number;
            evidence: {
                /** @enum {string} */
                hop?: "terminal" | "radio" | "transport" | "core" | "edge" | "platform";
                /** Format: date-time */
                time?: string;
                unit?: string;
                value?: number;
                what: {
                    en: string;
                    zh: string;
                };
            }[];
            /** @enum {string} */
            from?: "terminal" | "radio" | "transport" | "core" | "edge" | "platform";
            /** @description One hop could be told from the others by what is measured. */
            observable: boolean;
            /** @enum {string} */
            to?: "terminal" | "radio" | "transport" | "core" | "edge" | "platform";
        };
        /** BrowseNode */
        BrowseNode: {
            affordance?: unknown;
            detail?: string;
            hasChildren: boolean;
            /** @description Address of the node in the protocol’s own terms. */
            id: string;
            kind: "folder" | "property" | "action";
            name: string;
            value?: unknown;
        };
        /** Command */
        Command: {
            actor: components["schemas"]["CommandActor"];
            /** @description Last good value of the property when it was sent. */
            before?: unknown;
            /** Format: date-time */
            changed: string;
            /** @description The reason as a stable kebab-case name. */
            code?: string;
            confirmedBy?: "acknowledgement" | "read-back" | "report";
            /** Format: date-time */
            created: string;
            /** @description The thing's or the protocol's own words. */
            detail?: string;
            final: boolean;
            group?: string;
            history: {
                reason?: {
                    en: string;
                    zh: string;
                };
                /** CommandState */
                state: "accepted" | "sent" | "confirmed" | "refused" | "timed-out" | "unknown";
                /** Format: date-time */
                time: string;
            }[];
            id: string;
            key?: string;
            kind: "write" | "invoke";
            lateAnswers: {
                detail?: string;
                state: string;
                /** Format: date-time */
                time: string;
            }[];
            lateAnswersCount: number;
            /** @description Fencing token of the lease under which it was asked. */
            lease?: number;
            name: string;
            /** @description What the action gave, or the value as read back. */
            output?: unknown;
            reason?: {
                en: string;
                zh: string;
            };
            /** @description The second person of a two-person release. */
            releasedBy?: string;
            /** CommandState */
            state: "accepted" | "sent" | "confirmed" | "refused" | "timed-out" | "unknown";
            thing: string;
            /** @description Value to be written, or input of the action. */
            value?: unknown;
            waiting?: {
                for: "release" | "turn" | "read-back";
                /** Format: date-time */
                until: string;
            };
            /** @description What spoke against it when it was sent, without keeping it back. */
            warning?: {
                en: string;
                zh: string;
            };
            /** @description What it was for, where it was not a person who chose it. */
            why?: string;
        };
        /** CommandActor */
        CommandActor: {
            /** @description The person behind a token, or the author of a rule. */
            for?: string;
            id: string;
            kind: "person" | "token" | "device" | "rule" | "app" | "platform";
        };
        /** CommandUpdate */
        CommandUpdate: {
            command?: components["schemas"]["Command"];
            group?: components["schemas"]["SetPointGroup"];
            lease?: {
                lease?: components["schemas"]["Lease"];
                thing: string;
                why: string;
            };
        };
        /** ConditionCheck */
        ConditionCheck: {
            /** @description Functions there are, as they are written. */
            functions: {
                [key: string]: string;
            };
            /** @description How it would be judged with the values of now, at most 20 things. */
            now: {
                because?: {
                    en: string;
                    zh: string;
                };
                thing: string;
                title: string;
                /** @enum {string} */
                verdict: "true" | "false" | "cannot-judge";
            }[];
            ok: boolean;
            problems: {
                code: string;
                column: number;
                end: number;
                field: string;
                line: number;
                message: {
                    en: string;
                    zh: string;
                };
                start: number;
                thing?: string;
            }[];
            things: number;
        };
        /** ConfiguredProvider */
        ConfiguredProvider: {
            /** @description What is asked of it now. */
            asked: {
                bindings: number;
                groups: number;
                slices: number;
            };
            /** @description What it can do: names of abilities. */
            can: string[];
            /** @description calls, answered, failed, timedOut, lateAnswers, reopened, inFlight, waiting. */
            counters: {
                [key: string]: number;
            };
            enabled: boolean;
            enforcedBy: {
                en: string;
                zh: string;
            };
            /** @description Lower case, digits, - . _ */
            id: string;
            kind: string;
            problem?: components["schemas"]["ProviderProblem"];
            /** Format: date-time */
            retryAt?: string;
            /** @description Secrets come back as "•••". */
            settings: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            since: string;
            state: "connecting" | "connected" | "degraded" | "disconnected" | "stopped";
            title: string;
        };
        /** Connection */
        Connection: {
            counters: {
                [key: string]: number;
            };
            enabled: boolean;
            id: string;
            problem?: {
                /** @description kebab-case, e.g. connection-refused, certificate-expired, unit-silent */
                code: string;
                /** @description The other side's or the system's own words. */
                detail?: string;
                field?: string;
                kind: "settings" | "unavailable" | "denied" | "bad-data";
                remedy: {
                    en: string;
                    zh: string;
                };
                what: {
                    en: string;
                    zh: string;
                };
            };
            processId?: number;
            protocol: string;
            /** @description As declared by the protocol; secrets come back as "•••". */
            settings: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            since: string;
            /** @description retry: keep trying with back-off. fail: the platform does not start without it. ignore: try once, leave it be until a person restarts it. */
            startup: "retry" | "fail" | "ignore";
            state: "connecting" | "connected" | "degraded" | "disconnected" | "stopped";
            /** @description Ids of the things reached through it. */
            things: string[];
            title: string;
        };
        /** ConnectionInput */
        ConnectionInput: {
            enabled?: boolean;
            id?: string;
            protocol: string;
            settings: {
                [key: string]: unknown;
            };
            /** @description retry: keep trying with back-off. fail: the platform does not start without it. ignore: try once, leave it be until a person restarts it. */
            startup?: "retry" | "fail" | "ignore";
            title?: string;
        };
        /**
         * Counters
         * @description received = stored + rejected + dropped + inFlight, always.
         */
        Counters: {
            dropped: number;
            /** @description Part of stored: same thing, property and time; the last wins. */
            duplicates: number;
            inFlight: number;
            received: number;
            rejected: number;
            rejectedBy: {
                [key: string]: number;
            };
            stored: number;
        };
        /** CoverageCell */
        CoverageCell: {
            cell?: string;
            lossRatio?: number;
            met?: number;
            roundTripMs?: number;
            rsrpDbm?: number;
            samples: number;
            sinrDb?: number;
            width: number;
            x: number;
            y: number;
        };
        /** CreatedDeviceCertificate */
        CreatedDeviceCertificate: {
            /** @description Who signed it. */
            authority: string;
            /** @description PEM of the platform’s own authority, where it signed the certificate. */
            authorityCertificate?: string;
            /** @description PEM. */
            certificate: string;
            /** Format: date-time */
            created: string;
            /** @description SHA-256 of the certificate, hexadecimal. */
            fingerprint: string;
            /** Format: date-time */
            from: string;
            /** @description PEM of the private key, shown this once and kept nowhere. */
            key?: string;
            /** Format: date-time */
            lastUsed?: string;
            /** Format: date-time */
            revoked?: string;
            state: "valid" | "expired" | "revoked";
            subject: string;
            /** Format: date-time */
            until: string;
        };
        /** Credential */
        Credential: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            lastUsed?: string;
            username: string;
        };
        /** CriterionVerdict */
        CriterionVerdict: {
            /** @description Of the interval, two-sided; 0.95. */
            confidence?: number;
            /** @enum {string} */
            criterion: "latency" | "jitter" | "loss" | "uplink" | "downlink" | "transfer-interval" | "survival-time" | "availability" | "mtbf" | "coverage";
            definition?: {
                en: string;
                zh: string;
            };
            high?: number;
            limit: number;
            /** @description Confidence interval of the figure; see `confidence`. */
            low?: number;
            measured?: number;
            messages: number;
            /** @enum {string} */
            method?: "stamp" | "passive" | "icmp" | "tcp" | "tcp-info" | "protocol";
            reason: {
                en: string;
                zh: string;
            };
            /** @description Percentile it is about, as a share. */
            share?: number;
            /** @enum {string} */
            state: "met" | "violated" | "inconclusive" | "not-measurable";
            /** @enum {string} */
            unit: "ms" | "share" | "Mbit/s" | "h";
        };
        /** Dashboard */
        Dashboard: {
            /** Format: date-time */
            changed: string;
            changedBy: string;
            id: string;
            mayChange: boolean;
            owner: string;
            /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
            phone: string[];
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            tiles: ({
                h: number;
                id: string;
                /** @constant */
                kind: "chart";
                /** @description Its own, such as 8h; absent: that of the page. */
                range?: string;
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "value";
                /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                limits?: {
                    max?: number;
                    min?: number;
                };
                series?: components["schemas"]["SeriesRef"];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "states";
                /** @description ISA-95 path; empty: the whole plant. */
                place: string;
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "table";
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "text";
                text: string | {
                    en: string;
                    zh: string;
                };
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "picture";
                picture?: string;
                spots: components["schemas"]["PictureSpot"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            })[];
            title: string | {
                en: string;
                zh: string;
            };
            version: number;
        };
        /** DashboardInput */
        DashboardInput: {
            /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
            phone: string[];
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            tiles: ({
                h: number;
                id: string;
                /** @constant */
                kind: "chart";
                /** @description Its own, such as 8h; absent: that of the page. */
                range?: string;
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "value";
                /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                limits?: {
                    max?: number;
                    min?: number;
                };
                series?: components["schemas"]["SeriesRef"];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "states";
                /** @description ISA-95 path; empty: the whole plant. */
                place: string;
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "table";
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "text";
                text: string | {
                    en: string;
                    zh: string;
                };
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "picture";
                picture?: string;
                spots: components["schemas"]["PictureSpot"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            })[];
            title: string | {
                en: string;
                zh: string;
            };
        };
        /** DashboardLink */
        DashboardLink: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string;
            id: string;
            /** Format: date-time */
            lastUsed?: string;
            madeBy: string;
            title: string;
        };
        /** DashboardSummary */
        DashboardSummary: {
            /** Format: date-time */
            changed: string;
            changedBy: string;
            id: string;
            links: number;
            mayChange: boolean;
            owner: string;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            tileCount: number;
            title: string | {
                en: string;
                zh: string;
            };
            version: number;
        };
        /** Demand */
        Demand: {
            areas: components["schemas"]["DemandArea"][];
            /**
             * @description flat: no shifts are set; every hour counts the same.
             * @enum {string}
             */
            calendar: "shifts" | "flat";
            /** @description YYYY-MM-DD on the plant’s calendar. */
            day: string;
            /** Format: date-time */
            time: string;
        };
        /** DemandArea */
        DemandArea: {
            /** @description Edge zone, or place that a provider tells the capacity of. */
            area: string;
            capacity?: {
                /** @description kbit/s. */
                downlink: number;
                /** @description kbit/s. */
                uplink: number;
            };
            capacityFrom?: string;
            /** @description Most valuable first. */
            flows: {
                downlink: number;
                flow: string;
                priority: number;
                terminals: number;
                title: {
                    en: string;
                    zh: string;
                };
                unknown: boolean;
                /** @description kbit/s at its busiest hour. */
                uplink: number;
            }[];
            /** @description Of the day asked for, in the order of the plant’s clock. */
            hours: ({
                /** @description kbit/s. */
                downlink: number;
                /** @description kbit/s. */
                uplink: number;
            } & {
                guaranteed: {
                    /** @description kbit/s. */
                    downlink: number;
                    /** @description kbit/s. */
                    uplink: number;
                };
                /** @description Of the plant’s day. */
                hour: number;
                load?: number;
            })[];
            /** @enum {string} */
            kind: "zone" | "place" | "unassigned";
            /**
             * @description tight: above 80 %; short: more than there is.
             * @enum {string}
             */
            standing: "fits" | "tight" | "short" | "unknown";
            terminals: number;
            title: {
                en: string;
                zh: string;
            };
            words: {
                en: string;
                zh: string;
            };
        };
        /** Derivation */
        Derivation: {
            /** @description Of `flow` at `terminal`; none: all of its packets. */
            filters?: components["schemas"]["FlowFilter"][];
            /** @description 5QI that comes nearest, where none meets the level. */
            nearest?: number;
            /** @description A standardised 5QI can meet the level. */
            possible: boolean;
            /** @description What is wrong with the level itself. */
            problems: components["schemas"]["FieldProblem"][];
            qos?: components["schemas"]["Qos"];
            rates: {
                downlink: number;
                headroom: number;
                /** @description kbit/s of one terminal, with headers and headroom. */
                uplink: number;
            };
            /** @description Step by step. */
            reasons: {
                en: string;
                zh: string;
            }[];
            /** @description What no 5QI meets, at the figure of the level. */
            short: components["schemas"]["FieldProblem"][];
            slice?: components["schemas"]["SliceProfile"];
        };
        /** DerivationInput */
        DerivationInput: {
            /** @description Level and priority of this flow. */
            flow?: string;
            /** @description Guaranteed rate over what the messages need; 1.2. */
            headroom?: number;
            level?: components["schemas"]["ServiceLevel"];
            outsideMs?: number;
            priority?: number;
            /** @description Tells which of its packets are those of `flow`. */
            terminal?: string;
            /** @description 1 if not told. */
            terminals?: number;
        };
        /** DeviceAuthority */
        DeviceAuthority: {
            /** @description In force, signed by it. */
            certificates: number;
            /** Format: date-time */
            created?: string;
            fingerprint: string;
            /** @description The platform’s own; it cannot be removed. */
            own: boolean;
            pem: string;
            subject: string;
            /** Format: date-time */
            until: string;
        };
        /** DeviceCertificate */
        DeviceCertificate: {
            /** @description Who signed it. */
            authority: string;
            /** Format: date-time */
            created: string;
            /** @description SHA-256 of the certificate, hexadecimal. */
            fingerprint: string;
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            lastUsed?: string;
            /** Format: date-time */
            revoked?: string;
            state: "valid" | "expired" | "revoked";
            subject: string;
            /** Format: date-time */
            until: string;
        };
        /** DryRun */
        DryRun: {
            calls: components["schemas"]["PlannedCall"][];
            /** @description Nothing would be sent while there are any. */
            problems: components["schemas"]["FieldProblem"][];
            words: {
                en: string;
                zh: string;
            };
        };
        /**
         * DryRunInput
         * @description One of `binding`, `slice`, `group`, `remove`; `id` where it changes one that is there.
         */
        DryRunInput: {
            binding?: components["schemas"]["BindingInput"];
            group?: components["schemas"]["LanGroupInput"];
            /** @description Lower case, digits, - . _ */
            id?: string;
            /**
             * @description Would be taken away: `id` says which.
             * @enum {string}
             */
            remove?: "binding" | "slice" | "group";
            slice?: components["schemas"]["SliceInput"];
        };
        /** EdgeZoneInput */
        EdgeZoneInput: {
            /** @description Data network access identifier (TS 23.501, 5.6.7), as its provider names the zone. */
            dnai?: string;
            downlinkMbps?: number;
            /** @description ISA-95 path; empty: the plant. */
            place?: string;
            probe?: components["schemas"]["ProbeTarget"];
            provider?: string;
            title: string;
            uplinkMbps?: number;
        };
        /** FieldProblem */
        FieldProblem: {
            field: string;
            message: {
                en: string;
                zh: string;
            };
        };
        /** FigureSource */
        FigureSource: {
            /** @description Such as "Table 5.2-1, A.2.2.3". */
            clause?: string;
            /** @description Such as "3GPP TS 22.104". */
            document: string;
            /** @enum {string} */
            standing: "read" | "second-hand" | "plant";
        };
        /** FiveQi */
        FiveQi: {
            /** @description Default averaging window. */
            averagingMs?: number;
            /** @description Default maximum data burst volume. */
            burstBytes?: number;
            /** @description Packet delay budget: terminal ↔ user plane function, ms. */
            delayBudgetMs: number;
            dscp: number;
            /** @description Packet error rate. */
            errorRate: number;
            example: {
                en: string;
                zh: string;
            };
            fiveQi: number;
            priority: number;
            /** @enum {string} */
            resource: "gbr" | "non-gbr" | "delay-critical-gbr";
            /** @enum {string} */
            standing: "read" | "second-hand";
        };
        /** FlowFilter */
        FlowFilter: {
            /** @enum {string} */
            protocol: "udp" | "tcp" | "icmp" | "any";
            remote?: string;
            remotePort?: number;
            terminalPort?: number;
        };
        /** FlowPerformance */
        FlowPerformance: {
            /** Format: date-time */
            from: string;
            /** @description 99th percentile less the least (RFC 5481 PDV). */
            jitterMs?: number;
            lost: number;
            messages: number;
            /** @enum {string} */
            method?: "stamp" | "passive" | "icmp" | "tcp" | "tcp-info" | "protocol";
            p50Ms?: number;
            p95Ms?: number;
            p99Ms?: number;
            /** @enum {string} */
            state: "met" | "violated" | "inconclusive" | "not-measurable";
            /** Format: date-time */
            to: string;
            upShare?: number;
        };
        /** FlowReport */
        FlowReport: {
            app?: string;
            appTitle?: {
                en: string;
                zh: string;
            };
            availability?: number;
            availabilityLow?: number;
            byTerminal: {
                availability?: number;
                downEvents: number;
                downSeconds: number;
                judgedHours: number;
                metShare?: number;
                terminal: string;
                title: string;
            }[];
            downEvents: number;
            downSeconds: number;
            flow: string;
            incidents: number;
            judgedHours: number;
            metShare?: number;
            mtbfHours?: number;
            terminals: number;
            title: {
                en: string;
                zh: string;
            };
            undecidedShare?: number;
            violatedShare?: number;
            worstHours: {
                downSeconds: number;
                /** Format: date-time */
                from: string;
                terminal: string;
                terminalTitle: string;
                violatedShare: number;
            }[];
        };
        /** Grant */
        Grant: {
            /** @description Only inside this application; absent: everywhere. */
            app?: string;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            /** @enum {string} */
            role: "viewer" | "operator" | "supervisor" | "engineer" | "auditor" | "admin";
        };
        /** Health */
        Health: {
            missing: string[];
            parts: {
                [key: string]: {
                    detail?: string;
                    ok: boolean;
                };
            };
            status: "ok" | "unavailable";
            version: string;
        };
        /** ImportReport */
        ImportReport: {
            applied: boolean;
            change: number;
            changes: {
                fields: {
                    [key: string]: {
                        after?: string;
                        before?: string;
                    };
                };
                id: string;
                line: number;
                /** @enum {string} */
                what: "create" | "change";
            }[];
            /** @description Headers of the file and what each was read as; without `field` it is not read. */
            columns: {
                field?: string;
                header: string;
            }[];
            create: number;
            problemCount: number;
            problems: {
                field?: string;
                line: number;
                message: {
                    en: string;
                    zh: string;
                };
            }[];
            rows: number;
            same: number;
        };
        /** LanGroupInput */
        LanGroupInput: {
            dnn?: string;
            /** @enum {string} */
            kind: "ethernet" | "ip";
            members: string[];
            provider?: string;
            snssai?: components["schemas"]["Snssai"];
            title: string;
            vni?: number;
        };
        /** Lease */
        Lease: {
            /** @description It was taken by force. */
            brokenGlass?: {
                from: components["schemas"]["CommandActor"];
                reason: string;
            };
            /** Format: date-time */
            expires: string;
            holder: components["schemas"]["CommandActor"];
            /** @description Taken by the platform for one command or group. */
            implicit: boolean;
            /** @description User that may accept the hand-over. */
            offeredTo?: string;
            /** @description It lasts this long from each sign of life. */
            seconds: number;
            /** Format: date-time */
            since: string;
            thing: string;
            /** @description Shown to its holder only. */
            token?: number;
        };
        /** LiveUpdate */
        LiveUpdate: {
            samples: {
                property: string;
                quality: "good" | "uncertain" | "bad";
                status?: string;
                thing: string;
                /** Format: date-time */
                time: string;
                value: unknown;
            }[];
        };
        /** LoopAction */
        LoopAction: {
            /** @description Who approved it, or the platform. */
            by?: string;
            canUndo: boolean;
            changes: {
                /** @description null: there is none. */
                after: unknown;
                /** @description null: there was none. */
                before: unknown;
                id: string;
                /** @enum {string} */
                kind: "binding" | "zone";
            }[];
            /** @description Round in which it was decided. */
            decision?: string;
            /** Format: date-time */
            done?: string;
            /** Format: date-time */
            ended?: string;
            endedBy?: string;
            flow: string;
            id: string;
            /** Format: date-time */
            judgeAt?: string;
            /** @enum {string} */
            kind: "raise-qos" | "move-provider" | "move-zone" | "thin" | "tell-app" | "tell-people";
            outcome?: {
                en: string;
                zh: string;
            };
            /** Format: date-time */
            proposed: string;
            /** @enum {string} */
            state: "proposed" | "doing" | "watching" | "helped" | "undoing" | "undone" | "rejected" | "expired" | "failed" | "told";
            terminal: string;
            what: {
                en: string;
                zh: string;
            };
            why: {
                en: string;
                zh: string;
            };
        };
        /** LoopDecision */
        LoopDecision: {
            decision?: unknown;
            id: string;
            /** @description Everything it was decided from. */
            situation?: unknown;
            /** Format: date-time */
            time: string;
            words: {
                en: string;
                zh: string;
            };
        };
        /** LoopSettings */
        LoopSettings: {
            actionsPerHourMax: number;
            /** @description Least time between two changes for the same flow of a terminal, or of the same binding. */
            coolDownMinutes: number;
            /** @description An action after which the level is still not met by then is undone by itself. */
            helpWithinMinutes: number;
            /** @description Flows that are never thinned. */
            keepFlows: string[];
            /** @description Of single kinds of action; never more than `mode`. */
            kinds: {
                /** @enum {string} */
                "move-provider"?: "off" | "propose" | "act";
                /** @enum {string} */
                "move-zone"?: "off" | "propose" | "act";
                /** @enum {string} */
                "raise-qos"?: "off" | "propose" | "act";
                /** @enum {string} */
                "tell-app"?: "off" | "propose" | "act";
                /** @enum {string} */
                "tell-people"?: "off" | "propose" | "act";
                /** @enum {string} */
                thin?: "off" | "propose" | "act";
            };
            /**
             * @description Of the whole plant. off: nothing; propose: a person approves; act: by itself.
             * @enum {string}
             */
            mode: "off" | "propose" | "act";
            /** @description Capped traffic is let free again after this. */
            thinForMinutes: number;
            /** @description What is left to a capped flow, of the rate it asks for. */
            thinToShare: number;
            /** @description A level must have been violated this long before anything is changed. */
            violatedForMinutes: number;
        };
        /** LoopState */
        LoopState: {
            actionsInHour: number;
            /** Format: date-time */
            lastRound?: string;
            lastWords?: {
                en: string;
                zh: string;
            };
            problem?: {
                en: string;
                zh: string;
            };
            proposed: number;
            settings: components["schemas"]["LoopSettings"];
            watching: number;
        };
        /** MaintenanceWindow */
        MaintenanceWindow: {
            by: string;
            /** Format: date-time */
            from: string;
            id: string;
            place: string;
            reason: string;
            title: string;
            /** Format: date-time */
            to: string;
        };
        /** MeasuringSettings */
        MeasuringSettings: {
            /** @description Whom the reflector answers; the first that fits decides the key. */
            allow: {
                key?: string;
                /** @description Address or prefix the reflector answers. */
                prefix: string;
            }[];
            keys: {
                /** @description First 16 digits of the SHA-256 of the key. */
                fingerprint: string;
                name: string;
                /** Format: date-time */
                since: string;
            }[];
            /** @description Of all sessions together. */
            probesPerSecond: number;
            /** @description Of what a path carries, where its rate is known. */
            shareOfPath: number;
        };
        /** MeasuringSettingsInput */
        MeasuringSettingsInput: {
            allow?: {
                key?: string;
                /** @description Address or prefix the reflector answers. */
                prefix: string;
            }[];
            /** @description Of all sessions together. */
            probesPerSecond?: number;
            putKeys?: {
                /** @description Key for HMAC-SHA-256, 16 to 64 octets. */
                hex: string;
                name: string;
            }[];
            removeKeys?: string[];
            /** @description Of what a path carries, where its rate is known. */
            shareOfPath?: number;
        };
        /** MeasuringStatus */
        MeasuringStatus: {
            budget: {
                probesPerSecond: number;
                probesPerSecondMax: number;
            };
            capabilities: {
                available: boolean;
                detail?: {
                    en: string;
                    zh: string;
                };
                id: string;
                title: {
                    en: string;
                    zh: string;
                };
            }[];
            clock: {
                detail?: {
                    en: string;
                    zh: string;
                };
                disciplined: boolean;
                errorMilliseconds?: number;
                source?: string;
            };
            counters: {
                [key: string]: number;
            };
            /** @description What this prober cannot see below: round trips of a reflector on the same machine. */
            noiseFloor: {
                milliseconds: number;
                share: number;
            }[];
            reflector: {
                address?: string;
                answered: number;
                port?: number;
                problem?: {
                    en: string;
                    zh: string;
                };
                refused: number;
                running: boolean;
            };
            running: boolean;
            sessions: {
                leftOut: number;
                max: number;
                running: number;
                wanted: number;
            };
        };
        /** NeedFigure */
        NeedFigure: {
            /** @enum {string} */
            criterion: "latency" | "jitter" | "loss" | "uplink" | "downlink" | "transfer-interval" | "survival-time" | "availability" | "mtbf" | "coverage";
            high?: number;
            limit: number;
            low?: number;
            /** @description Of the worst terminal. */
            measured?: number;
            /** @enum {string} */
            method?: "stamp" | "passive" | "icmp" | "tcp" | "tcp-info" | "protocol";
            /** @description Such as "99.9 % ≤ 20 ms". */
            needed: string;
            reason?: {
                en: string;
                zh: string;
            };
            /** @enum {string} */
            state?: "met" | "violated" | "inconclusive" | "not-measurable";
            unit: string;
        };
        /** NetworkFlowInput */
        NetworkFlowInput: {
            enabled: boolean;
            level: components["schemas"]["ServiceLevel"];
            places: string[];
            /** @description 1 is kept longest, 9 thinned first. */
            priority: number;
            terminals: string[];
            things: string[];
            title: {
                en: string;
                zh: string;
            };
        };
        /** NetworkIncident */
        NetworkIncident: {
            actions: {
                outcome: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                time: string;
                what: {
                    en: string;
                    zh: string;
                };
            }[];
            blame?: components["schemas"]["Blame"];
            criteria: ("latency" | "jitter" | "loss" | "uplink" | "downlink" | "transfer-interval" | "survival-time" | "availability" | "mtbf" | "coverage")[];
            flow: string;
            /** Format: date-time */
            from: string;
            id: string;
            terminal: string;
            /** Format: date-time */
            to?: string;
        };
        /** NetworkOverview */
        NetworkOverview: {
            flows: {
                byState: components["schemas"]["VerdictCounts"];
                enabled: number;
                total: number;
            };
            incidents: {
                lastDay: number;
                open: number;
            };
            measured: {
                judgedPerSecond: number;
                passiveMessagesPerSecond: number;
                probesPerSecond: number;
                sessions: number;
            };
            sims: {
                byState: {
                    [key: string]: number;
                };
                parted: number;
                total: number;
            };
            terminals: {
                byKind: {
                    [key: string]: number;
                };
                byState: components["schemas"]["VerdictCounts"];
                total: number;
                withProblems: number;
            };
            /** @description Violated levels, the one kept longest first; at most 10. */
            worst: components["schemas"]["VerdictLine"][];
            zones: number;
        };
        /** NetworkProviderInput */
        NetworkProviderInput: {
            enabled?: boolean;
            /** @description Id of a provider kind. */
            kind: string;
            /** @description As its kind declares them; a secret given back as "•••" stays. */
            settings: {
                [key: string]: unknown;
            };
            title?: string;
        };
        /** NetworkProviderKind */
        NetworkProviderKind: {
            can: {
                [key: string]: {
                    en: string;
                    zh: string;
                };
            };
            cannot: {
                en: string;
                zh: string;
            }[];
            enforcedBy: {
                en: string;
                zh: string;
            };
            id: string;
            /** @description Fields of its settings, as those of connections. */
            settings: unknown;
            speaks: string[];
            summary: {
                en: string;
                zh: string;
            };
            title: {
                en: string;
                zh: string;
            };
        };
        /** NetworkReport */
        NetworkReport: {
            /** @description The month is over. */
            complete: boolean;
            flows: components["schemas"]["FlowReport"][];
            /** Format: date-time */
            from: string;
            /** @description YYYY-MM, on the plant’s calendar. */
            month: string;
            /** Format: date-time */
            to: string;
        };
        /** NetworkTerminalDetail */
        NetworkTerminalDetail: {
            flows: {
                app?: string;
                id: string;
                level: components["schemas"]["ServiceLevel"];
                now?: components["schemas"]["FlowPerformance"];
                title: {
                    en: string;
                    zh: string;
                };
            }[];
            found: boolean;
            /** @description The latest, at most 20. */
            incidents: components["schemas"]["NetworkIncident"][];
            /** Sim */
            sim?: components["schemas"]["SimInput"] & {
                /** @description Seen in another device than the one it is bound to. */
                parted: boolean;
                /** Format: date-time */
                seen?: string;
                /** @description PEI it was last seen in. */
                seenIn?: string;
                /** Format: date-time */
                since: string;
            };
            /** NetworkTerminal */
            terminal: components["schemas"]["NetworkTerminalInput"] & {
                /** Format: date-time */
                boundSince?: string;
                /** @description Lower case, digits, - . _ */
                id: string;
                /** @description Such as a SIM in a device it is not bound to. */
                problems: {
                    en: string;
                    zh: string;
                }[];
                radio?: components["schemas"]["RadioState"];
                sessions: components["schemas"]["PduSession"][];
            };
            /** @description Thing whose properties are what is measured: history, charts, alarms. */
            thing?: string;
            things: {
                id: string;
                title: string;
            }[];
            verdicts: components["schemas"]["Verdict"][];
        };
        /** NetworkTerminalInput */
        NetworkTerminalInput: {
            /** @description IP address; of a 5G terminal: as its PDU session has it. */
            address?: string;
            firmware?: string;
            gpsi?: string;
            hops?: ("terminal" | "radio" | "transport" | "core" | "edge" | "platform")[];
            /** @description ITU-T E.118, with its check digit. */
            iccid?: string;
            /** @enum {string} */
            kind: "nr" | "lte" | "wifi" | "wired" | "other";
            module?: string;
            /** @description TS 23.003: imei-…, imeisv-… or mac-…. */
            pei?: string;
            /** @description ISA-95 path; empty: the plant. */
            place?: string;
            probe?: components["schemas"]["ProbeTarget"];
            /** @description Provider that knows it. */
            provider?: string;
            /** @description TS 23.003: imsi-… or nai-…. */
            supi?: string;
            /** @description Things reached through it. */
            things: string[];
            title: string;
            zone?: string;
        };
        /** NetworkTerminalSummary */
        NetworkTerminalSummary: {
            address?: string;
            cell?: string;
            /** @description Found by the platform; nobody has typed or changed it. */
            found: boolean;
            iccid?: string;
            id: string;
            /** @enum {string} */
            kind: "nr" | "lte" | "wifi" | "wired" | "other";
            /** Format: date-time */
            lastSeen?: string;
            lossRatio?: number;
            place: string;
            problems: number;
            roundTripMs?: {
                /** @enum {string} */
                method: "stamp" | "passive" | "icmp" | "tcp" | "tcp-info" | "protocol";
                p50: number;
                p95: number;
            };
            rsrpDbm?: number;
            /** Format: date-time */
            since?: string;
            sinrDb?: number;
            /** @enum {string} */
            state?: "met" | "violated" | "inconclusive" | "not-measurable";
            supi?: string;
            things: number;
            title: string;
        };
        /** NetworkUpdate */
        NetworkUpdate: {
            incidents: components["schemas"]["NetworkIncident"][];
            verdicts: components["schemas"]["VerdictLine"][];
        };
        /** NewDeviceCertificate */
        NewDeviceCertificate: {
            /** @description A certificate (PEM) that the terminal has already, signed by an authority uploaded here: it is registered, none is issued. */
            certificate?: string;
            days?: number;
            /** @description PKCS#10 request in PEM form: the private key stays where it was made. */
            request?: string;
        };
        /** NotificationSettings */
        NotificationSettings: {
            /** @description Hosts inside the plant that webhooks may reach although their address is private. */
            allowedHosts: string[];
            /** @description Address of the console that messages link to. */
            consoleUrl: string;
            mailFrom: string;
            mailHost: string;
            /** @description Shown as •••. */
            mailPassword: string;
            mailPort: number;
            /** @enum {string} */
            mailSecurity: "tls" | "starttls" | "none";
            mailUser: string;
            /** @description Operators who share the alarms. */
            operators: number;
        };
        /** OidcSettings */
        OidcSettings: {
            clientId: string;
            /** @description Written, never read back; absent keeps what there is. */
            clientSecret?: string;
            clientSecretSet?: boolean;
            enabled: boolean;
            groups: {
                grant: components["schemas"]["Grant"];
                group: string;
            }[];
            groupsClaim: string;
            /** @description URL of the OpenID provider. */
            issuer: string;
            nameClaim: string;
            /** @description Under which people reach this platform, such as https://millrace.plant.example. */
            publicUrl: string;
            scope: string;
            /** @description What stands on the button of the sign-in page. */
            title: string;
        };
        /** PasskeyInfo */
        PasskeyInfo: {
            /** Format: date-time */
            created: string;
            /** @description Host name it was made for; it works under no other. */
            host: string;
            id: string;
            /** Format: date-time */
            lastUsed?: string;
            title: string;
        };
        /** PathHop */
        PathHop: {
            figures: {
                /** @enum {string} */
                method?: "stamp" | "passive" | "icmp" | "tcp" | "tcp-info" | "protocol";
                text?: string;
                /** Format: date-time */
                time?: string;
                unit?: string;
                value?: number;
                what: {
                    en: string;
                    zh: string;
                };
            }[];
            /** @enum {string} */
            hop: "terminal" | "radio" | "transport" | "core" | "edge" | "platform";
            observable: boolean;
            /** @enum {string} */
            state?: "good" | "uncertain" | "bad" | "unknown";
            title: {
                en: string;
                zh: string;
            };
        };
        /** PduSession */
        PduSession: {
            address?: string;
            dnn: string;
            flows: {
                fiveQi: number;
                qfi: number;
            }[];
            id?: number;
            /** Format: date-time */
            since?: string;
            snssai?: components["schemas"]["Snssai"];
            state?: string;
        };
        /** PersonInfo */
        PersonInfo: {
            /** Format: date-time */
            created: string;
            disabled: boolean;
            grants: components["schemas"]["Grant"][];
            /** @description Without this person nobody could administer: neither removed nor changed to less. */
            lastAdministrator: boolean;
            /** Format: date-time */
            lastSignIn?: string;
            /** Format: date-time */
            lockedUntil?: string;
            mustChangePassword: boolean;
            name: string;
            secondFactors: ("totp" | "passkey")[];
            sessions: number;
            source: "local" | "oidc";
            title: string;
            tokens: number;
        };
        /** PictureSpot */
        PictureSpot: {
            label?: string | {
                en: string;
                zh: string;
            };
            series: components["schemas"]["SeriesRef"];
            /** @description Share of the width of the picture. */
            x: number;
            y: number;
        };
        /** PlannedCall */
        PlannedCall: {
            /** @description `values` are what goes over the wire, told by the provider itself. */
            exact: boolean;
            /** @enum {string} */
            operation: "apply" | "change" | "release";
            problem?: components["schemas"]["ProviderProblem"];
            provider: string;
            /** @description What is handed to the provider or, where it tells, sent by it. */
            values: unknown;
            /** @description Slice, binding or group it is about. */
            what: string;
            words: {
                en: string;
                zh: string;
            };
        };
        /** PlantNode */
        PlantNode: {
            /** @description enterprise, site, area, line, cell, unit (by depth, ISA-95) */
            level: string;
            name: string;
            path: string;
            /** @description Things by state; `outside`: good, with a property outside its normal band. */
            states: {
                [key: string]: number;
            };
            things: number;
        };
        /** PlatformSettings */
        PlatformSettings: {
            autoAcceptProposals: boolean;
            plantName: string;
            /** @description IANA name; the console shows this time. */
            plantTimeZone: string;
            /** @description Days kept by tier: raw, minute, hour, events. 0 keeps for ever. */
            retentionDays: {
                [key: string]: number;
            };
        };
        /** ProbeReportAnswer */
        ProbeReportAnswer: {
            /** @description Probes of the report that were told before. */
            repeated: number;
            taken: number;
        };
        /** ProbeTarget */
        ProbeTarget: {
            dscps?: number[];
            everyMilliseconds?: number;
            /** @enum {string} */
            from?: "platform" | "terminal";
            /** @description The terminal’s address where absent. */
            host?: string;
            key?: string;
            /** @enum {string} */
            method: "stamp" | "icmp" | "tcp";
            port?: number;
        };
        /** Problem */
        Problem: {
            /** @description Why, in the sender's own terms. */
            detail?: string;
            /** @description Sign-in: second factors of which one is needed. */
            factors?: string[];
            /** @description JSON Pointer or name of the part that is wrong. */
            field?: string;
            /** @description Push: what was not taken, and why; the rest was stored. Settings: each one that is wrong. */
            rejected?: {
                at: string;
                reason: string;
                words?: {
                    en: string;
                    zh: string;
                };
            }[];
            /** @description What to do next. */
            remedy?: string;
            status: number;
            /** @description Push: values stored in spite of the rest. */
            stored?: number;
            /** @description What happened, in one sentence. */
            title: string;
            /** @description Stable kebab-case name of the kind of problem. */
            type: string;
            /** @description `title` and `remedy` in each language, where what raised the problem speaks both. */
            words?: {
                remedy?: {
                    en: string;
                    zh: string;
                };
                title: {
                    en: string;
                    zh: string;
                };
            };
        };
        /** Proposal */
        Proposal: {
            connection?: string;
            /** @description The proposed Thing Description. */
            description: unknown;
            /** @description The thing exists and this would change it. */
            existing: boolean;
            id: string;
            source: string;
            /** Format: date-time */
            time: string;
        };
        /** Protocol */
        Protocol: {
            canBrowse: boolean;
            direction: "listener" | "client";
            id: string;
            schemes: string[];
            settings: {
                [key: string]: unknown;
            };
            summary: {
                en: string;
                zh: string;
            };
            title: {
                en: string;
                zh: string;
            };
        };
        /** ProviderProblem */
        ProviderProblem: {
            /** @description What was answered, shortened: for the engineer. */
            detail?: string;
            /** @enum {string} */
            kind: "settings" | "unavailable" | "denied" | "refused" | "gone" | "nonsense" | "unsupported";
            remedy: {
                en: string;
                zh: string;
            };
            /** Format: date-time */
            time: string;
            what: {
                en: string;
                zh: string;
            };
        };
        /** Qos */
        Qos: {
            arp: components["schemas"]["Arp"];
            dscp: number;
            /** @description 5QI of TS 23.501, Table 5.7.4-1. */
            fiveQi: number;
            gbrDownlink?: number;
            gbrUplink?: number;
            mbrDownlink?: number;
            mbrUplink?: number;
            /** @description Name of a profile of the provider. */
            profile?: string;
        };
        /** QuarantineRecord */
        QuarantineRecord: {
            connection?: string;
            /** @description How often the same came in a row. */
            count: number;
            detail: string;
            /** @description First bytes of what came, as text. */
            excerpt: string;
            id: string;
            reason: string;
            /** @description Where it came in: topic, register, node id, URL. */
            source: string;
            thing?: string;
            /** Format: date-time */
            time: string;
        };
        /** RadioState */
        RadioState: {
            band?: string;
            cell?: string;
            /** @enum {string} */
            connection?: "connected" | "idle" | "inactive" | "unknown";
            gnb?: string;
            neighbours?: {
                cell: string;
                rsrpDbm?: number;
            }[];
            /** @enum {string} */
            registration?: "registered" | "deregistered" | "roaming" | "denied" | "unknown";
            rsrpDbm?: number;
            rsrqDb?: number;
            sinrDb?: number;
            tac?: string;
            /** Format: date-time */
            time: string;
        };
        /** RuleTrial */
        RuleTrial: {
            activeSeconds: number;
            fired: number;
            /** Format: date-time */
            from: string;
            moments: {
                /** Format: date-time */
                returned?: string;
                thing: string;
                /** Format: date-time */
                time: string;
                title: string;
            }[];
            /** @description There were more samples than are looked at: extremes of spans were. */
            reduced: boolean;
            samples: number;
            /** @description What the condition reads at the thing that fired most, for a chart. */
            series: {
                property: string;
                thing: string;
            }[];
            things: number;
            thingsTried: number;
            /** Format: date-time */
            to: string;
            unjudgedBecause?: {
                en: string;
                zh: string;
            };
            unjudgedSeconds: number;
        };
        /** Safety */
        Safety: {
            action?: string;
            input?: unknown;
            runs: "terminal" | "platform" | "none";
            values?: {
                [key: string]: unknown;
            };
            watchdogSeconds?: number;
        };
        /** SeriesRef */
        SeriesRef: {
            property: string;
            thing: string;
        };
        /** ServiceLevel */
        ServiceLevel: {
            /** @description Communication service availability of TS 22.104: share of time the service is up. */
            availabilityMin?: number;
            /** @description Bytes sent at once. Not for periodic traffic. */
            burstBytes?: number;
            coverage?: {
                /** @description ISA-95 paths; the empty one is the plant. */
                places: string[];
                /** @description Of the area measured there, where the level must be met. */
                share: number;
            };
            /** @description Platform → terminal, Mbit/s. */
            downlinkMbpsMin?: number;
            jitter?: {
                /** @enum {string} */
                definition: "pdv-rfc5481" | "camara";
                /** @description At most, ms. */
                ms: number;
                /** @description Percentile, for `pdv-rfc5481`; 0.99 where it is not given. `camara` is the 99th. */
                share?: number;
            };
            /** @description A message that is lost is within no time. */
            latency?: {
                /** @enum {string} */
                path: "uplink" | "downlink" | "round-trip";
                /** @description `share` of the messages within `ms`, such as 99.9 % within 6 ms and 99.999 % within 10 ms. */
                within: {
                    /** @description Within this time, ms. */
                    ms: number;
                    /** @description Of the messages sent; 0.999 is 99.9 %. */
                    share: number;
                }[];
            };
            /** @description Share of messages that may be lost. */
            lossRatioMax?: number;
            /** @description Size of a message, bytes. */
            messageBytes?: number;
            /** @description Mean time between failures of the service, hours. */
            mtbfHoursMin?: number;
            /** @description Name of a figure above → where it comes from. */
            sources?: {
                [key: string]: components["schemas"]["FigureSource"];
            };
            /** @description How long the application goes on without the message it expects, ms. Longer than that, the service is down. */
            survivalTimeMs?: number;
            /** @enum {string} */
            trafficClass: "periodic-deterministic" | "aperiodic-deterministic" | "non-deterministic";
            /** @description Time between two messages, ms. Periodic deterministic traffic only. */
            transferIntervalMs?: number;
            /** @description Terminal → platform, Mbit/s. */
            uplinkMbpsMin?: number;
        };
        /** Session */
        Session: {
            /** Format: date-time */
            expires: string;
            grants: components["schemas"]["Grant"][];
            mustChangePassword: boolean;
            /** @description The widest of the roles held. */
            role: string;
            /** @description Bearer token; the same session as the cookie. */
            token: string;
            user: string;
        };
        /** SessionInfo */
        SessionInfo: {
            /** @description Network address it was opened from. */
            address: string;
            /** @description What the browser or program called itself. */
            agent: string;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string;
            /** @description Names the session; it does not open it. */
            id: string;
            /** Format: date-time */
            lastUsed: string;
            /** @description The session that asks. */
            own: boolean;
            user: string;
        };
        /** SetPointGroup */
        SetPointGroup: {
            actor: components["schemas"]["CommandActor"];
            /** Format: date-time */
            changed: string;
            /** Format: date-time */
            created: string;
            final: boolean;
            id: string;
            key?: string;
            reason?: {
                en: string;
                zh: string;
            };
            /** @description restored: a step failed and everything was put back. partly-restored: not everything could be, see the steps. interrupted: the platform ended in between. */
            state: "applying" | "applied" | "restored" | "partly-restored" | "undoing" | "undone" | "interrupted";
            steps: {
                /** @description Good value it had before; absent: not known. */
                before?: unknown;
                command?: string;
                property: string;
                reason?: {
                    en: string;
                    zh: string;
                };
                restoreCommand?: string;
                state: "waiting" | "applying" | "applied" | "failed" | "not-tried" | "restored" | "not-restored";
                thing: string;
                value: unknown;
            }[];
            title: string;
        };
        /** SharedDashboard */
        SharedDashboard: {
            /** Format: date-time */
            expires: string;
            /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
            phone: string[];
            plantName: string;
            plantTimeZone: string;
            /** @description By id: titles, and of the properties that are shown their schema. */
            things: {
                [key: string]: unknown;
            };
            tiles: ({
                h: number;
                id: string;
                /** @constant */
                kind: "chart";
                /** @description Its own, such as 8h; absent: that of the page. */
                range?: string;
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "value";
                /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                limits?: {
                    max?: number;
                    min?: number;
                };
                series?: components["schemas"]["SeriesRef"];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "states";
                /** @description ISA-95 path; empty: the whole plant. */
                place: string;
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "table";
                series: components["schemas"]["SeriesRef"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "text";
                text: string | {
                    en: string;
                    zh: string;
                };
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            } | {
                h: number;
                id: string;
                /** @constant */
                kind: "picture";
                picture?: string;
                spots: components["schemas"]["PictureSpot"][];
                title?: string | {
                    en: string;
                    zh: string;
                };
                w: number;
                x: number;
                y: number;
            })[];
            title: string | {
                en: string;
                zh: string;
            };
            version: number;
        };
        /** SharedValues */
        SharedValues: {
            samples: {
                property: string;
                quality: "good" | "uncertain" | "bad";
                status?: string;
                thing: string;
                /** Format: date-time */
                time: string;
                value: unknown;
            }[];
            /** @description Place of a tile → things under it, the worst first. */
            states: {
                [key: string]: {
                    id: string;
                    place: string;
                    /** Format: date-time */
                    since?: string;
                    state: string;
                    title: string;
                    titles?: {
                        [key: string]: string;
                    };
                }[];
            };
        };
        /** SimChange */
        SimChange: {
            by: string;
            /** @enum {string} */
            from?: "in-stock" | "active" | "suspended" | "lost" | "retired";
            reason?: string;
            /** Format: date-time */
            time: string;
            /** @enum {string} */
            to: "in-stock" | "active" | "suspended" | "lost" | "retired";
        };
        /** SimDetail */
        SimDetail: {
            history: components["schemas"]["SimChange"][];
            /** @description States it may go to. */
            next: ("in-stock" | "active" | "suspended" | "lost" | "retired")[];
            /** Sim */
            sim: components["schemas"]["SimInput"] & {
                /** @description Seen in another device than the one it is bound to. */
                parted: boolean;
                /** Format: date-time */
                seen?: string;
                /** @description PEI it was last seen in. */
                seenIn?: string;
                /** Format: date-time */
                since: string;
            };
            /** @description Terminal it is in. */
            terminal?: string;
        };
        /** SimInput */
        SimInput: {
            gpsi?: string;
            /** @description ITU-T E.118, with its check digit. */
            iccid: string;
            note?: string;
            operator?: string;
            /** @description TS 23.003: imei-…, imeisv-… or mac-…. */
            pei?: string;
            /** @enum {string} */
            state: "in-stock" | "active" | "suspended" | "lost" | "retired";
            /** @description TS 23.003: imsi-… or nai-…. */
            supi?: string;
            thing?: string;
        };
        /** SliceInput */
        SliceInput: {
            profile: components["schemas"]["SliceProfile"];
            provider?: string;
            title: string;
        };
        /** SliceProfile */
        SliceProfile: {
            /** @description Percent. */
            availability?: number;
            coverageArea?: string[];
            dataNetworks?: string[];
            delayTolerance?: boolean;
            dLDeterministicComm?: boolean;
            dLLatency?: number;
            dLMaxPktSize?: number;
            dLReliability?: number;
            /** @description Guaranteed, kbit/s. */
            dLThptPerSlice?: number;
            dLThptPerUE?: number;
            jitter?: number;
            maxNumberofPDUSessions?: number;
            maxNumberofUEs?: number;
            /** @enum {string} */
            networkSliceSharingIndicator?: "shared" | "non-shared";
            nonIPSupport?: boolean;
            nssaaSupport?: boolean;
            positioning?: boolean;
            snssai: components["schemas"]["Snssai"];
            survivalTime?: number;
            /** @description Accuracy of time, ns. */
            synchronicity?: number;
            /** @description Terminals per km². */
            termDensity?: number;
            /** @enum {string} */
            uEMobilityLevel?: "stationary" | "nomadic" | "restricted-mobility" | "fully-mobility";
            /** @description km/h. */
            uESpeed?: number;
            uLDeterministicComm?: boolean;
            uLLatency?: number;
            uLMaxPktSize?: number;
            uLReliability?: number;
            uLThptPerSlice?: number;
            uLThptPerUE?: number;
        };
        /**
         * Snssai
         * @description 3GPP TS 23.003, 28.4.
         */
        Snssai: {
            sd?: string;
            sst: number;
        };
        /** SqlTable */
        SqlTable: {
            about: string;
            columns: {
                about: string;
                name: string;
                type: string;
            }[];
            name: string;
        };
        /** TerminalLife */
        TerminalLife: {
            addresses: {
                address: string;
                /** Format: date-time */
                from: string;
                supi?: string;
                /** Format: date-time */
                to?: string;
            }[];
            radio: components["schemas"]["RadioState"][];
            sessions: components["schemas"]["PduSession"][];
        };
        /** TerminalMtu */
        TerminalMtu: {
            /**
             * @description `route`: what the kernel takes it for; nothing was proved.
             * @enum {string}
             */
            how: "probed" | "route" | "unknown";
            /** @description Greatest IP packet that comes through whole. */
            octets?: number;
            tunnels?: {
                en: string;
                zh: string;
            };
            words: {
                en: string;
                zh: string;
            };
        };
        /** TerminalPath */
        TerminalPath: {
            blames: {
                blame: components["schemas"]["Blame"];
                flow: string;
                title: {
                    en: string;
                    zh: string;
                };
            }[];
            hops: components["schemas"]["PathHop"][];
            terminal: string;
        };
        /** TerminalTransport */
        TerminalTransport: {
            addresses: string[];
            connectionCount: number;
            /** @description At most 100, the slowest first. */
            connections: {
                /** @description Least of the last minutes. */
                leastMs?: number;
                localPort: number;
                /** @description As the kernel has it, octets. */
                pathMtu?: number;
                peer: string;
                peerPort: number;
                /** @description Smoothed round trip (RFC 6298). */
                roundTripMs: number;
                segments: number;
                /** @description Over the life of the connection. */
                sentAgain: number;
                /** @description Its variation. */
                variationMs: number;
            }[];
            /** @description Smoothed as RFC 3550, 6.4.1 has it: shown, and no level is ever judged by it. */
            jitter: {
                flow: string;
                method: string;
                rfc3550Ms: number;
            }[];
            jitterWords: {
                en: string;
                zh: string;
            };
            problem?: {
                en: string;
                zh: string;
            };
            sentAgain?: {
                /** @description Of the segments of the last two minutes. */
                share: number;
                usual: number;
            };
            terminal: string;
            /** Format: date-time */
            time?: string;
        };
        /** TestReport */
        TestReport: {
            found?: unknown;
            ok: boolean;
            problem?: {
                /** @description kebab-case, e.g. connection-refused, certificate-expired, unit-silent */
                code: string;
                /** @description The other side's or the system's own words. */
                detail?: string;
                field?: string;
                kind: "settings" | "unavailable" | "denied" | "bad-data";
                remedy: {
                    en: string;
                    zh: string;
                };
                what: {
                    en: string;
                    zh: string;
                };
            };
            steps: {
                detail?: string;
                milliseconds: number;
                ok: boolean;
                title: {
                    en: string;
                    zh: string;
                };
            }[];
        };
        /** ThingControl */
        ThingControl: {
            affordances: {
                interlocks: {
                    detail?: string;
                    reason: {
                        en: string;
                        zh: string;
                    };
                    state: "clear" | "blocks" | "cannot-judge";
                    when: string;
                }[];
                kind: "write" | "invoke";
                name: string;
                safety: components["schemas"]["Safety"];
                /** @description Data schema of the value, or of the input. */
                schema?: unknown;
                twoPersonSeconds?: number;
            }[];
            lease?: components["schemas"]["Lease"];
            leaseSeconds: number;
            /** @description Its model declares a safe action: commands need a lease that is kept alive. */
            needsOwnLease: boolean;
            /** @description A connection that is open now serves the thing. */
            reachable: boolean;
            /** @description The safe action that ran last because a lease was lost. */
            safeAction?: {
                commands: string[];
                reason: {
                    en: string;
                    zh: string;
                };
                state: string;
                /** Format: date-time */
                time: string;
            };
            safety: components["schemas"]["Safety"];
            thing: string;
        };
        /** ThingDescription */
        ThingDescription: {
            actions?: {
                [key: string]: unknown;
            };
            events?: {
                [key: string]: unknown;
            };
            id?: string;
            links?: unknown[];
            properties?: {
                [key: string]: unknown;
            };
            title?: string;
        } & {
            [key: string]: unknown;
        };
        /** ThingState */
        ThingState: {
            /** @description Properties outside their normal band or without good quality, at most 8. */
            abnormal: {
                decimals?: number;
                normal?: {
                    max?: number;
                    min?: number;
                };
                property: string;
                quality: "good" | "uncertain" | "bad";
                reason: string;
                /**
                 * Format: date-time
                 * @description Since when the property is abnormal.
                 */
                since?: string;
                /** Format: date-time */
                time?: string;
                title?: string;
                titles?: {
                    [key: string]: string;
                };
                unit?: string;
                value: unknown;
            }[];
            connection?: string;
            id: string;
            /** Format: date-time */
            lastSample?: string;
            /** @description ISA-95 path, empty where none is given. */
            place: string;
            properties: number;
            /**
             * Format: date-time
             * @description Since when the thing is in this state.
             */
            since?: string;
            state: "good" | "uncertain" | "bad" | "stale" | "silent";
            title: string;
            titles?: {
                [key: string]: string;
            };
            types: string[];
        };
        /** ThreeStages */
        ThreeStages: {
            accepted?: {
                detail: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                time: string;
                values?: unknown;
            };
            effective?: {
                detail: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                time: string;
                values?: unknown;
            };
            problem?: {
                en: string;
                zh: string;
            };
            /** @description What the provider calls it. */
            reference?: string;
            requested?: {
                detail: {
                    en: string;
                    zh: string;
                };
                /** Format: date-time */
                time: string;
                values?: unknown;
            };
            /** @enum {string} */
            standing: "none" | "requested" | "accepted" | "effective" | "refused" | "lost" | "released";
        };
        /**
         * TokenInfo
         * @description It may do what its scopes say, as far as its person still may.
         */
        TokenInfo: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string;
            id: string;
            /** Format: date-time */
            lastUsed?: string;
            scopes: components["schemas"]["Grant"][];
            title: string;
            /** @description In whose name it acts. */
            user: string;
        };
        /**
         * Verdict
         * @description The worst of its criteria: violated, not-measurable, inconclusive, met. Met only where every figure of the level is.
         */
        Verdict: {
            criteria: components["schemas"]["CriterionVerdict"][];
            flow: string;
            /** Format: date-time */
            from: string;
            reason: {
                en: string;
                zh: string;
            };
            /** Format: date-time */
            since?: string;
            /** @enum {string} */
            state: "met" | "violated" | "inconclusive" | "not-measurable";
            terminal: string;
            /** Format: date-time */
            to: string;
        };
        /** VerdictCounts */
        VerdictCounts: {
            inconclusive: number;
            met: number;
            none: number;
            "not-measurable": number;
            violated: number;
        };
        /** VerdictLine */
        VerdictLine: {
            app?: string;
            flow: string;
            flowTitle: {
                en: string;
                zh: string;
            };
            place: string;
            reason: {
                en: string;
                zh: string;
            };
            /** Format: date-time */
            since?: string;
            /** @enum {string} */
            state: "met" | "violated" | "inconclusive" | "not-measurable";
            terminal: string;
            terminalTitle: string;
            /** Format: date-time */
            to: string;
            /**
             * @description Criterion that decides.
             * @enum {string}
             */
            worst?: "latency" | "jitter" | "loss" | "uplink" | "downlink" | "transfer-interval" | "survival-time" | "availability" | "mtbf" | "coverage";
        };
        /** Webhook */
        Webhook: {
            /** Format: date-time */
            created: string;
            /** @description Left out because too many were waiting, or given up. */
            dropped: number;
            enabled: boolean;
            everySeconds: number;
            id: string;
            /** Format: date-time */
            lastSent?: string;
            owner: string;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            /** @description Why the last try failed. */
            problem?: string;
            properties?: string[];
            sent: number;
            things?: string[];
            title: string;
            /** @description `@type`s of the things meant. */
            types?: string[];
            /** @description http or https, of a public address or an allowed host. */
            url: string;
            waiting: number;
            what: ("samples" | "events" | "alarms")[];
        };
        /** WebhookInput */
        WebhookInput: {
            enabled?: boolean;
            /** @description Samples: 0 sends each change, gathered for a second; else the latest values at most so often. */
            everySeconds?: number;
            /** @description ISA-95 path; empty: the whole plant. */
            place: string;
            properties?: string[];
            /** @description Signs what is sent. Written, never read back; absent keeps what there is, or makes one up. */
            secret?: string;
            things?: string[];
            title: string;
            /** @description `@type`s of the things meant. */
            types?: string[];
            /** @description http or https, of a public address or an allowed host. */
            url: string;
            what: ("samples" | "events" | "alarms")[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    oidcSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OidcSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putOidcSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OidcSettings"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OidcSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                    response: {
                        [key: string]: unknown;
                    };
                    title: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePasskey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                passkey: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        options: unknown;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewRecoveryCodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ownSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endOwnSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ownTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    days: number;
                    scopes: components["schemas"]["Grant"][];
                    title: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        info: components["schemas"]["TokenInfo"];
                        token: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteOwnToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret: string;
                        uri: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmTotp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recoveryCodes: string[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmChannels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChannel"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmChannelInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChannel"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmChannelInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmChannel"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testAlarmChannel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        detail: string;
                        ok: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmMetrics: {
        parameters: {
            query?: {
                from?: string;
                place?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmMetrics"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmRules: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                text?: string;
                thing?: string;
                unjudged?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        rules: components["schemas"]["AlarmRule"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmRuleInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlarmRuleInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    returnToService: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    thing?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    takeOutOfService: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                rule: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    thing?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmRule"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Short names of other things: name → thing id. */
                    aliases?: {
                        [key: string]: string;
                    };
                    /** @description CEL: `temperature > 80`. */
                    condition: string;
                    /** @description CEL: while it holds, the alarm is suppressed by design. */
                    suppressedWhen?: string;
                    target: {
                        /** @constant */
                        kind: "thing";
                        thing: string;
                    } | {
                        /** @constant */
                        kind: "type";
                        /** @description Only at this place and below it. */
                        place?: string;
                        /** @description A `@type` of the things meant. */
                        type: string;
                    } | {
                        /** @constant */
                        kind: "place";
                        place: string;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConditionCheck"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tryAlarmRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    from?: string;
                    rule: components["schemas"]["AlarmRuleInput"];
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RuleTrial"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarms: {
        parameters: {
            query?: {
                from?: string;
                limit?: number;
                offset?: number;
                place?: string;
                priority?: ("urgent" | "high" | "medium" | "low") | ("urgent" | "high" | "medium" | "low")[];
                rule?: string;
                state?: string | string[];
                text?: string;
                thing?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alarms: components["schemas"]["Alarm"][];
                        counts: {
                            [key: string]: number;
                        };
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alarm: components["schemas"]["Alarm"];
                        group: components["schemas"]["Alarm"][];
                        journal: components["schemas"]["AlarmEntry"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commentAlarm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                alarm: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlarmEntry"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acknowledgeAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAlarms: {
        parameters: {
            query?: {
                from?: string;
                place?: string;
                priority?: ("urgent" | "high" | "medium" | "low") | ("urgent" | "high" | "medium" | "low")[];
                rule?: string;
                state?: string | string[];
                text?: string;
                thing?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alarmsLive: {
        parameters: {
            query?: {
                thing?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["AlarmUpdate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    shelveAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    minutes: number;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unshelveAlarms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    alarms: string[];
                    comment?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        done: components["schemas"]["Alarm"][];
                        refused: {
                            alarm: string;
                            because: {
                                en: string;
                                zh: string;
                            };
                        }[];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apps: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    app: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putApp: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    enabled?: boolean;
                    settings?: {
                        [key: string]: string | number | boolean;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["App"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appJobs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startAppJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    input?: unknown;
                    job: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelAppJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppJob"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appRounds: {
        parameters: {
            query?: {
                from?: string;
                limit?: number;
                offset?: number;
                to?: string;
            };
            header?: never;
            path: {
                app: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppRound"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    appCase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                app: string;
                round: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    audit: {
        parameters: {
            query?: {
                action?: string;
                actor?: string;
                before?: number;
                from?: string;
                limit?: number;
                object?: string;
                outcome?: string;
                place?: string;
                text?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Ask with `before` for what follows. */
                        more: boolean;
                        records: components["schemas"]["AuditRecord"][];
                        total: number;
                        /** @description There are more than `total`. */
                        totalIsLeast: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    auditHead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        head: components["schemas"]["AuditHead"] | null;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        broken?: {
                            number: number;
                            reason: string;
                        };
                        head: components["schemas"]["AuditHead"] | null;
                        ok: boolean;
                        records: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    backups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bytes: number;
                        name: string;
                        /** Format: date-time */
                        time: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bytes: number;
                        name: string;
                        /** Format: date-time */
                        time: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commands: {
        parameters: {
            query?: {
                actor?: string;
                from?: string;
                group?: string;
                limit?: number;
                offset?: number;
                state?: string;
                text?: string;
                thing?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        commands: components["schemas"]["Command"][];
                        more: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    command: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refuseCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                command: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    commandsLive: {
        parameters: {
            query?: {
                thing?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["CommandUpdate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    connections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createConnection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    connection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectionInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restartConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connection"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    counters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        connections: {
                            [key: string]: components["schemas"]["Counters"];
                        };
                        total: components["schemas"]["Counters"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboards: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardSummary"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DashboardInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Order of the tiles on a phone; those not named follow in the order of the desk. */
                    phone: string[];
                    /** @description ISA-95 path; empty: the whole plant. */
                    place: string;
                    tiles: ({
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "chart";
                        /** @description Its own, such as 8h; absent: that of the page. */
                        range?: string;
                        series: components["schemas"]["SeriesRef"][];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "value";
                        /** @description Outside of them it is marked; absent: the normal band of the thing model. */
                        limits?: {
                            max?: number;
                            min?: number;
                        };
                        series?: components["schemas"]["SeriesRef"];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "states";
                        /** @description ISA-95 path; empty: the whole plant. */
                        place: string;
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "table";
                        series: components["schemas"]["SeriesRef"][];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "text";
                        text: string | {
                            en: string;
                            zh: string;
                        };
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    } | {
                        h: number;
                        id: string;
                        /** @constant */
                        kind: "picture";
                        picture?: string;
                        spots: components["schemas"]["PictureSpot"][];
                        title?: string | {
                            en: string;
                            zh: string;
                        };
                        w: number;
                        x: number;
                        y: number;
                    })[];
                    title: string | {
                        en: string;
                        zh: string;
                    };
                    version: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboardLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardLink"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDashboardLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    days: number;
                    title: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        link: components["schemas"]["DashboardLink"];
                        token: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDashboardLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
                link: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDashboardPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
                "image/jpeg": unknown;
                "image/png": unknown;
                "image/webp": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        height: number;
                        id: string;
                        width: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dashboardPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                dashboard: string;
                picture: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deviceAuthorities: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAuthority"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDeviceAuthority: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    pem: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceAuthority"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDeviceAuthority: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportSamples: {
        parameters: {
            query: {
                format?: "csv" | "parquet";
                from?: string;
                property?: string | string[];
                thing: string | string[];
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafana: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaRoot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        status: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    payload?: unknown;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        label: string;
                        value: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaQuery: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    maxDataPoints?: number;
                    range: {
                        from: string;
                        to: string;
                    };
                    targets: unknown[];
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaRows: {
        parameters: {
            query: {
                from?: string;
                points?: number;
                series: string | string[];
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        property: string;
                        quality: "good" | "uncertain" | "bad";
                        thing: string;
                        /** Format: date-time */
                        time: string;
                        value: unknown;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaTagKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        text: string;
                        type: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaTagValues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        text: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    grafanaVariable: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    payload?: unknown;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        __text: string;
                        __value: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Answer. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leases: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: {
                thing?: string | string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveUpdate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    maintenanceWindows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaintenanceWindow"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createMaintenanceWindow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    from: string;
                    place: string;
                    reason: string;
                    title: string;
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    to: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MaintenanceWindow"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMaintenanceWindow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                window: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkActions: {
        parameters: {
            query?: {
                before?: string;
                flow?: string;
                limit?: number;
                state?: "proposed" | "doing" | "watching" | "helped" | "undoing" | "undone" | "rejected" | "expired" | "failed" | "told";
                terminal?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopAction"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approveNetworkAction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                action: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopAction"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rejectNetworkAction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                action: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopAction"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undoNetworkAction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                action: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopAction"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkAddresses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                address: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        from: string;
                        supi?: string;
                        terminal: string;
                        title: string;
                        /** Format: date-time */
                        to?: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkApplications: {
        parameters: {
            query?: {
                app?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationFlow"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkBindings: {
        parameters: {
            query?: {
                flow?: string;
                limit?: number;
                offset?: number;
                provider?: string;
                standing?: "none" | "requested" | "accepted" | "effective" | "refused" | "lost" | "released";
                terminal?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        bindings: (components["schemas"]["BindingInput"] & {
                            by: string;
                            /** @description Lower case, digits, - . _ */
                            id: string;
                            /** Format: date-time */
                            since: string;
                            stages: components["schemas"]["ThreeStages"];
                        })[];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createNetworkBinding: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BindingInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingInput"] & {
                        by: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        /** Format: date-time */
                        since: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkBinding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                binding: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingInput"] & {
                        by: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        /** Format: date-time */
                        since: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkBinding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                binding: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BindingInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingInput"] & {
                        by: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        /** Format: date-time */
                        since: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BindingInput"] & {
                        by: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        /** Format: date-time */
                        since: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkBinding: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                binding: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkCoverage: {
        parameters: {
            query?: {
                flow?: string;
                from?: string;
                place?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        cells: components["schemas"]["CoverageCell"][];
                        limited: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkDecisions: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopDecision"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                decision: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopDecision"] & {
                        /** @description Decided anew from the same situation: the same. */
                        same: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkDemand: {
        parameters: {
            query?: {
                day?: string;
                with?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Demand"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deriveNetworkQos: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DerivationInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Derivation"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dryRunNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DryRunInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkFiveQis: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FiveQi"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkFlows: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": (components["schemas"]["NetworkFlowInput"] & {
                        /** @description The plant has changed what the application asks for. */
                        adapted: boolean;
                        /** @description Application it comes from. */
                        app?: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        whenLost?: {
                            en: string;
                            zh: string;
                        };
                    })[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createNetworkFlow: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkFlowInput"] & {
                    id?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkFlowInput"] & {
                        /** @description The plant has changed what the application asks for. */
                        adapted: boolean;
                        /** @description Application it comes from. */
                        app?: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        whenLost?: {
                            en: string;
                            zh: string;
                        };
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                flow: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkFlowInput"] & {
                        /** @description The plant has changed what the application asks for. */
                        adapted: boolean;
                        /** @description Application it comes from. */
                        app?: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        whenLost?: {
                            en: string;
                            zh: string;
                        };
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                flow: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkFlowInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkFlowInput"] & {
                        /** @description The plant has changed what the application asks for. */
                        adapted: boolean;
                        /** @description Application it comes from. */
                        app?: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        whenLost?: {
                            en: string;
                            zh: string;
                        };
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkFlow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                flow: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkFlowVerdicts: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                state?: "met" | "violated" | "inconclusive" | "not-measurable";
            };
            header?: never;
            path: {
                flow: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        lines: components["schemas"]["VerdictLine"][];
                        total: number;
                        verdicts: components["schemas"]["Verdict"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkGroups: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": (components["schemas"]["LanGroupInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        stages: components["schemas"]["ThreeStages"];
                    })[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LanGroupInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LanGroupInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LanGroupInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkIncidents: {
        parameters: {
            query?: {
                flow?: string;
                from?: string;
                limit?: number;
                offset?: number;
                open?: boolean;
                terminal?: string;
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        incidents: components["schemas"]["NetworkIncident"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incident: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkIncident"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["NetworkUpdate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkLoop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopState"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkLoop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    actionsPerHourMax?: number;
                    /** @description Least time between two changes for the same flow of a terminal, or of the same binding. */
                    coolDownMinutes?: number;
                    /** @description An action after which the level is still not met by then is undone by itself. */
                    helpWithinMinutes?: number;
                    /** @description Flows that are never thinned. */
                    keepFlows?: string[];
                    /** @description Of single kinds of action; never more than `mode`. */
                    kinds?: {
                        /** @enum {string} */
                        "move-provider"?: "off" | "propose" | "act";
                        /** @enum {string} */
                        "move-zone"?: "off" | "propose" | "act";
                        /** @enum {string} */
                        "raise-qos"?: "off" | "propose" | "act";
                        /** @enum {string} */
                        "tell-app"?: "off" | "propose" | "act";
                        /** @enum {string} */
                        "tell-people"?: "off" | "propose" | "act";
                        /** @enum {string} */
                        thin?: "off" | "propose" | "act";
                    };
                    /**
                     * @description Of the whole plant. off: nothing; propose: a person approves; act: by itself.
                     * @enum {string}
                     */
                    mode?: "off" | "propose" | "act";
                    /** @description Capped traffic is let free again after this. */
                    thinForMinutes?: number;
                    /** @description What is left to a capped flow, of the rate it asks for. */
                    thinToShare?: number;
                    /** @description A level must have been violated this long before anything is changed. */
                    violatedForMinutes?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoopState"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkMeasuring: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeasuringStatus"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkMeasuringSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeasuringSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkMeasuringSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MeasuringSettingsInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MeasuringSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkNotification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
                secret: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/cloudevents+json": unknown;
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkOverview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkOverview"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkProviderKinds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkProviderKind"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkProviders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfiguredProvider"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfiguredProvider"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkProviderInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfiguredProvider"];
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfiguredProvider"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkProvider: {
        parameters: {
            query?: {
                forget?: boolean;
            };
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restartNetworkProvider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfiguredProvider"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkReport: {
        parameters: {
            query?: {
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkReport"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportNetworkReport: {
        parameters: {
            query?: {
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryNetworkRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Lower case, digits, - . _ */
                    id: string;
                    /** @enum {string} */
                    kind: "slice" | "binding" | "group";
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkSims: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                parted?: boolean;
                state?: "in-stock" | "active" | "suspended" | "lost" | "retired";
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sims: (components["schemas"]["SimInput"] & {
                            /** @description Seen in another device than the one it is bound to. */
                            parted: boolean;
                            /** Format: date-time */
                            seen?: string;
                            /** @description PEI it was last seen in. */
                            seenIn?: string;
                            /** Format: date-time */
                            since: string;
                        })[];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createNetworkSim: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimInput"] & {
                        /** @description Seen in another device than the one it is bound to. */
                        parted: boolean;
                        /** Format: date-time */
                        seen?: string;
                        /** @description PEI it was last seen in. */
                        seenIn?: string;
                        /** Format: date-time */
                        since: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportNetworkSims: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importNetworkSims: {
        parameters: {
            query?: {
                apply?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string;
                "text/csv": string;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkSim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                iccid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimDetail"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkSim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                iccid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimInput"] & {
                    /** @description Why its state changes. */
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimInput"] & {
                        /** @description Seen in another device than the one it is bound to. */
                        parted: boolean;
                        /** Format: date-time */
                        seen?: string;
                        /** @description PEI it was last seen in. */
                        seenIn?: string;
                        /** Format: date-time */
                        since: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkSim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                iccid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkSlices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": (components["schemas"]["SliceInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        stages: components["schemas"]["ThreeStages"];
                    })[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkSlice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slice: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SliceInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SliceInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SliceInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        stages: components["schemas"]["ThreeStages"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkSlice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                slice: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkTerminalSender: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkTerminals: {
        parameters: {
            query?: {
                kind?: "nr" | "lte" | "wifi" | "wired" | "other";
                limit?: number;
                offset?: number;
                place?: string;
                problems?: boolean;
                state?: "met" | "violated" | "inconclusive" | "not-measurable" | "none";
                text?: string;
                thing?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        terminals: components["schemas"]["NetworkTerminalSummary"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createNetworkTerminal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkTerminalInput"] & {
                    id?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkTerminalInput"] & {
                        /** Format: date-time */
                        boundSince?: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        /** @description Such as a SIM in a device it is not bound to. */
                        problems: {
                            en: string;
                            zh: string;
                        }[];
                        radio?: components["schemas"]["RadioState"];
                        sessions: components["schemas"]["PduSession"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportNetworkTerminals: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importNetworkTerminals: {
        parameters: {
            query?: {
                apply?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": string;
                "text/csv": string;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkTerminal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkTerminalDetail"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkTerminal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkTerminalInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkTerminalInput"] & {
                        /** Format: date-time */
                        boundSince?: string;
                        /** @description Lower case, digits, - . _ */
                        id: string;
                        /** @description Such as a SIM in a device it is not bound to. */
                        problems: {
                            en: string;
                            zh: string;
                        }[];
                        radio?: components["schemas"]["RadioState"];
                        sessions: components["schemas"]["PduSession"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkTerminal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkTerminalHistory: {
        parameters: {
            query?: {
                from?: string;
                step?: "minute" | "hour";
                to?: string;
            };
            header?: never;
            path: {
                flow: string;
                terminal: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FlowPerformance"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkTerminalLife: {
        parameters: {
            query?: {
                from?: string;
                to?: string;
            };
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TerminalLife"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findNetworkTerminalMtu: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TerminalMtu"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkTerminalPath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TerminalPath"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkProbeReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProbeReportAnswer"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkTerminalTransport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                terminal: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TerminalTransport"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testNetworkProvider: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkProviderInput"] & {
                    /** @description Its secrets stand for "•••". */
                    id?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestReport"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    networkZones: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": (components["schemas"]["EdgeZoneInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                    })[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNetworkZone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                zone: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EdgeZoneInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EdgeZoneInput"] & {
                        /** @description Lower case, digits, - . _ */
                        id: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteNetworkZone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                zone: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notificationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putNotificationSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Hosts inside the plant that webhooks may reach although their address is private. */
                    allowedHosts?: string[];
                    /** @description Address of the console that messages link to. */
                    consoleUrl?: string;
                    mailFrom?: string;
                    mailHost?: string;
                    /** @description Shown as •••. */
                    mailPassword?: string;
                    mailPort?: number;
                    /** @enum {string} */
                    mailSecurity?: "tls" | "starttls" | "none";
                    mailUser?: string;
                    /** @description Operators who share the alarms. */
                    operators?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    grants: components["schemas"]["Grant"][];
                    mustChangePassword?: boolean;
                    name: string;
                    password?: string;
                    title?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        password?: string;
                        person: components["schemas"]["PersonInfo"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    disabled?: boolean;
                    grants?: components["schemas"]["Grant"][];
                    title?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonInfo"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unlockPerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        password?: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resetSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    plant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        nodes: components["schemas"]["PlantNode"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proposals: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proposal"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptProposal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    protocols: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Protocol"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    browse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                protocol: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    connection?: string;
                    node?: string;
                    settings: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        nodes: components["schemas"]["BrowseNode"][];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testConnection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                protocol: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    connection?: string;
                    settings: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestReport"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pushKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        key?: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    subscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endpoint: string;
                    keys: {
                        auth: string;
                        p256dh: string;
                    };
                    /** @enum {string} */
                    language?: "en" | "zh";
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    unsubscribePush: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endpoint: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quarantine: {
        parameters: {
            query?: {
                connection?: string;
                limit?: number;
                offset?: number;
                reason?: string;
                thing?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        records: components["schemas"]["QuarantineRecord"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    clearQuarantine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires: string;
                        grants: components["schemas"]["Grant"][];
                        mustChangePassword: boolean;
                        /** @description The widest of the roles held. */
                        role: string;
                        user: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Of the second factor, or a recovery code. */
                    code?: string;
                    password: string;
                    user: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code?: string;
                    password?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    oidcStart: {
        parameters: {
            query?: {
                back?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    oidcCallback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    passkeySignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    id: string;
                    response: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        expires: string;
                        grants: components["schemas"]["Grant"][];
                        mustChangePassword: boolean;
                        role: string;
                        token: string;
                        user: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    passkeyChallenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        options: unknown;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    current: string;
                    next: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signInWays: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        oidc?: {
                            title: string;
                        };
                        passkeys: boolean;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sessions: {
        parameters: {
            query?: {
                user?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPointGroups: {
        parameters: {
            query?: {
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    applySetPointGroup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Makes it idempotent; the header Idempotency-Key does the same. */
                    key?: string;
                    /** @description Thing → token. */
                    leases?: {
                        [key: string]: number;
                    };
                    steps: {
                        property: string;
                        thing: string;
                        value: unknown;
                    }[];
                    title: string;
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPointGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undoSetPointGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                group: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    leases?: {
                        [key: string]: number;
                    };
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetPointGroup"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    autoAcceptProposals?: boolean;
                    plantName?: string;
                    /** @description IANA name; the console shows this time. */
                    plantTimeZone?: string;
                    /** @description Days kept by tier: raw, minute, hour, events. 0 keeps for ever. */
                    retentionDays?: {
                        [key: string]: number;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlatformSettings"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedDashboard"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedPicture: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                picture: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/*": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedSamples: {
        parameters: {
            query: {
                from?: string;
                points?: number;
                property: string;
                thing: string;
                to?: string;
            };
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        reduced: boolean;
                        samples: {
                            quality: "good" | "uncertain" | "bad";
                            /** @description OPC UA StatusCode by name, where it says more than the class. */
                            status?: string;
                            /** Format: date-time */
                            time: string;
                            /** @description JSON value; null where the source had none to give (see quality). */
                            value: unknown;
                        }[];
                        spanMilliseconds?: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sharedValues: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SharedValues"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sql: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    format?: "json" | "csv" | "parquet";
                    /** @description Only samples from here on; makes questions about a short time fast. */
                    from?: string;
                    query: string;
                    /** @description RFC 3339, or epoch milliseconds (fractions allowed). */
                    to?: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sqlTables: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SqlTable"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createThingModelInstance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    model: unknown;
                    placeholders?: {
                        [key: string]: unknown;
                    };
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thingStates: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                place?: string;
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        things: components["schemas"]["ThingState"][];
                        total: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    things: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                place?: string;
                text?: string;
                type?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createThing: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ThingDescription"];
                "application/td+json": components["schemas"]["ThingDescription"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putThing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ThingDescription"];
                "application/td+json": components["schemas"]["ThingDescription"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingDescription"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteThing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invokeAction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Not sent by then: not sent at all. */
                    deadlineSeconds?: number;
                    input?: unknown;
                    /** @description Makes it idempotent; the header Idempotency-Key does the same. */
                    key?: string;
                    /** @description Fencing token of the lease. */
                    lease?: number;
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command: components["schemas"]["Command"];
                        output?: unknown;
                        state: "confirmed" | "refused" | "unknown";
                    };
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command: components["schemas"]["Command"];
                        state: "accepted" | "sent";
                    };
                };
            };
            /** @description Answer. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        command: components["schemas"]["Command"];
                        /** @constant */
                        state: "timed-out";
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    certificates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceCertificate"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeviceCertificate"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedDeviceCertificate"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revokeCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fingerprint: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thingControl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ThingControl"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    thingCounters: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Counters"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    credentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credential"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        password: string;
                        username: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                username: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                from?: string;
                limit?: number;
                name?: string;
                to?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: unknown;
                        name: string;
                        /** Format: date-time */
                        received: string;
                        /** Format: date-time */
                        time: string;
                    }[];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pushEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stored: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    renewLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Fencing token of the lease. */
                    token: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    takeLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    seconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    acceptLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    breakGlass: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    offerLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to?: string;
                    /** @description Fencing token of the lease. */
                    token: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lease"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseLease: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Fencing token of the lease. */
                    token: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    properties: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: {
                            quality?: "good" | "uncertain" | "bad";
                            /** Format: date-time */
                            received?: string;
                            status?: string;
                            /** Format: date-time */
                            time?: string;
                            value: unknown;
                        };
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    push: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        stored: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    samples: {
        parameters: {
            query?: {
                from?: string;
                points?: number;
                to?: string;
            };
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description True where `samples` are extremes of spans and not every sample. */
                        reduced: boolean;
                        samples: {
                            quality: "good" | "uncertain" | "bad";
                            /** @description OPC UA StatusCode by name, where it says more than the class. */
                            status?: string;
                            /** Format: date-time */
                            time: string;
                            /** @description JSON value; null where the source had none to give (see quality). */
                            value: unknown;
                        }[];
                        spanMilliseconds?: number;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    writeProperty: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Not sent by then: not sent at all. */
                    deadlineSeconds?: number;
                    /** @description Makes it idempotent; the header Idempotency-Key does the same. */
                    key?: string;
                    /** @description Fencing token of the lease. */
                    lease?: number;
                    value: unknown;
                    /** @description Seconds the answer may wait for a final state. Default 15; 0: answers at once. */
                    waitSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Answer. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Command"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenInfo"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    webhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"][];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description Answer. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret?: string;
                        webhook: components["schemas"]["Webhook"];
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhook: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ok: boolean;
                        problem?: string;
                    };
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Problem. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
